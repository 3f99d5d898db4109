#pragma once
/// Server-Sent Events (html standard, section 9.2): another way to write what a session sends. No CAF.

#include "actors/interfaces.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// `EPOCH-SEQ`, or `EPOCH-SEQ-NOTIFIED` where the last notification that was sent is another position: messages of
/// views overtake older notifications, so that their position alone would not tell which of those have come.
struct stream_place {
  std::string epoch;
  position at{};
  position notified{};
};
std::string event_id(const stream_place& where);
/// Total; nothing where it is no such id.
std::optional<stream_place> parse_event_id(std::string_view id);

/// The message of a session as one event, named by its type, with an id where it has a position. Where it tells of a
/// notification, `notified` moves to it. `null`: the client wants no notifications.
std::string event_of(std::string_view message, position* notified);

/// `data: {"pending_bt_pay":…,"today_transactions":…,"today_amount":…,"timestamp":…}` of a whole dashboard's message.
std::string summary_of(std::string_view dashboard_message);

/// What a session of the kind `stream` writes to: makes events of its messages and hands them to `socket`. The first
/// one tells the client to wait for `retry` before it comes again.
std::shared_ptr<connection> make_event_stream(std::shared_ptr<connection> socket, const stream_request& asked,
                                              std::chrono::milliseconds retry);

} // namespace btpay
