#pragma once
/// The text of messages: docs/PROTOCOL.md. Pure functions; `timestamp` comes last, so that everything before
/// it can be rendered once and used again.

#include "actors/interfaces.hpp"
#include "domain/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// `{"type":"dashboard_update","data":DATA,"timestamp":"…"}` and so on for each view.
shared_bytes view_message(view_kind view, std::string_view data, instant now);

/// "dashboard_update" and so on: the type of a whole view's message.
std::string_view message_type(view_kind view) noexcept;

/// The same message as MessagePack. `json` must be valid.
shared_bytes packed(std::string_view json);

/// A client's MessagePack as JSON; empty, which is no JSON, where it is none.
std::string unpacked(std::string_view msgpack);

/// `{"type":"periodic_update","pending_count":N,"timestamp":"…"}`
shared_bytes periodic_message(std::uint64_t pending_count, instant now);

// Answers repeat the `ref` of their command, where it is not empty.

/// `{"type":"pong","timestamp":"…"}`
shared_bytes pong_message(std::string_view ref, instant now);

/// Where a message stands: in which log, and after which event.
struct log_place {
  std::string_view epoch; ///< as `wire_epoch` gives it
  position at{};
};

/// `{"type":"auto_categorize_result","categorized":N,"timestamp":"…"}`, at level 2 with its place.
shared_bytes auto_categorize_message(std::size_t categorized, const std::optional<log_place>& where,
                                     std::string_view ref, instant now);

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

/// The same with `epoch` and `seq`, for level 2.
shared_bytes notification_message(const notification_posted& what, notification_id id, instant posted_at,
                                  const log_place& where);

/// `{"type":"notification_cleared","epoch":"…","seq":N,"id":N,"how":"acknowledged","timestamp":"…"}`
shared_bytes notification_cleared_message(const notification_cleared& what, const log_place& where, instant cleared_at);

/// What `subscribe` is answered with.
struct subscribed_answer {
  log_place where;
  bool recovered = false;
  std::vector<std::string_view> views; ///< as in the request
};

/// `{"type":"subscribed","epoch":"…","seq":N,"recovered":B,"views":[…],"timestamp":"…"}`
shared_bytes subscribed_message(const subscribed_answer& answer, std::string_view ref, instant now);

/// What a notification socket is greeted with.
shared_bytes notifications_greeting(instant now);

} // namespace btpay
