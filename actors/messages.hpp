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

/// `{"type":"pong","timestamp":"…"}`
shared_bytes pong_message(instant now);

/// `{"type":"auto_categorize_result","categorized":N,"timestamp":"…"}`
shared_bytes auto_categorize_message(std::size_t categorized, instant now);

/// `{"type":"error","code":"…","message":"…","timestamp":"…"}`
shared_bytes error_message(const refusal& why, instant now);

/// `{"type":"notification","message":"…","level":"…",…,"id":N,"timestamp":"…"}`
shared_bytes notification_message(const notification_posted& what, notification_id id, instant posted_at);

/// What a notification socket is greeted with.
shared_bytes notifications_greeting(instant now);

} // namespace btpay
