#pragma once
/// What `explain` and `as_of` are answered with: docs/PROTOCOL.md. Pure; no CAF.

#include "actors/client_command.hpp"
#include "actors/interfaces.hpp"
#include "domain/time.hpp"

#include <string_view>

namespace btpay {

/// `{"type":"explanation","view":"…","field":"…",…}`, or `{"type":"as_of_result","view":"…","data":…,…}`, or the same
/// with `views`; then `"at":"…","epoch":"…","seq":N,"timestamp":"…"` and the `ref`, where it is not empty.
shared_bytes past_message(const past_question& asked, const told_past& told, std::string_view epoch,
                          std::string_view ref, instant now);

} // namespace btpay
