#pragma once
/// The text of level-1 messages: docs/PROTOCOL.md. Pure functions; `timestamp` comes last, so that everything before
/// it can be rendered once and used again.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace btpay {

/// `{"type":"dashboard_update","data":DATA,"timestamp":"…"}` and so on for each view.
shared_bytes view_message(view_kind view, std::string_view data, instant now);

/// `{"type":"periodic_update","pending_count":N,"timestamp":"…"}`
shared_bytes periodic_message(std::uint64_t pending_count, instant now);

// Answers repeat the `ref` of their command, where it is not empty.

/// `{"type":"pong","timestamp":"…"}`
shared_bytes pong_message(std::string_view ref, instant now);

/// `{"type":"auto_categorize_result","categorized":N,"timestamp":"…"}`
shared_bytes auto_categorize_message(std::size_t categorized, std::string_view ref, instant now);

/// Where a message stands: in which log, and after which event.
struct log_place {
  std::string_view epoch; ///< as `wire_epoch` gives it
  position at{};
};

/// What tells one log from another on the wire: the first 12 hex digits of `event_log::epoch`.
std::string wire_epoch(std::string_view log_epoch);

/// `{"type":"NAME_result","changed":N,"epoch":"…","seq":N,"timestamp":"…"}`
shared_bytes decision_message(std::string_view name, std::size_t changed, const log_place& where, std::string_view ref,
                              instant now);

/// `{"type":"review_update","data":[…],"epoch":"…","seq":N,"timestamp":"…"}`
shared_bytes review_message(std::string_view data, const log_place& where, std::string_view ref, instant now);

/// `{"type":"error","code":"…","message":"…","timestamp":"…"}`
shared_bytes error_message(const refusal& why, std::string_view ref, instant now);

/// A message with a `ref` more; the same where that is empty.
shared_bytes with_ref(const shared_bytes& message, std::string_view ref);

/// `{"type":"notification","message":"…","level":"…",…,"id":N,"timestamp":"…"}`
shared_bytes notification_message(const notification_posted& what, notification_id id, instant posted_at);

/// What a notification socket is greeted with.
shared_bytes notifications_greeting(instant now);

} // namespace btpay
