#include "actors/messages.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace btpay {

namespace {

/// Closes an object that has at least one member.
shared_bytes finish(std::string&& message, instant now) {
  message += R"(,"timestamp":")";
  append_rfc3339(message, now);
  message += "\"}";
  return std::make_shared<const std::string>(std::move(message));
}

/// A JSON string; what is not UTF-8 in it becomes U+FFFD.
std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_ref(std::string& message, std::string_view ref) {
  if (!ref.empty())
    message.append(R"(,"ref":)").append(json_string(ref));
}

constexpr std::size_t epoch_digits = 12;
constexpr std::size_t around_bytes_max = 96; ///< what stands around a message's own content

void append_place(std::string& message, const log_place& where) {
  message.append(R"(,"epoch":")").append(where.epoch).append(R"(","seq":)").append(std::to_string(raw(where.at)));
}

std::string notification_text(const notification_posted& what, notification_id id) {
  std::string message = R"({"type":"notification","message":)";
  message += json_string(what.message);
  message += R"(,"level":")";
  message += to_string(what.level);
  message += '"';
  if (what.amount) {
    message += R"(,"amount":)";
    append_decimal(message, what.amount->minor, what.amount->unit.exponent());
    message += R"(,"currency":")";
    message += what.amount->unit.code();
    message += '"';
  }
  // `{"a":1}` becomes `,"a":1`; the admin made it from parsed JSON without our own member names.
  if (what.extra_json.size() > 2)
    message.append(",").append(what.extra_json, 1, what.extra_json.size() - 2);
  message += R"(,"id":)";
  message += std::to_string(raw(id));
  return message;
}

} // namespace

std::string_view message_type(view_kind view) noexcept {
  switch (view) {
  case view_kind::dashboard:
    return "dashboard_update";
  case view_kind::pending:
    return "pending_update";
  case view_kind::hourly:
    return "hourly_update";
  case view_kind::categories:
    return "category_update";
  }
  return "";
}

shared_bytes packed(std::string_view json) {
  auto message = std::make_shared<std::string>();
  nlohmann::json::to_msgpack(nlohmann::json::parse(json), *message);
  return message;
}

std::string unpacked(std::string_view msgpack) {
  const auto read = nlohmann::json::from_msgpack(msgpack, true, false);
  return read.is_discarded() ? std::string() : read.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

shared_bytes view_message(view_kind view, std::string_view data, instant now) {
  std::string message;
  message.reserve(data.size() + around_bytes_max);
  message += R"({"type":")";
  message += message_type(view);
  message += R"(","data":)";
  message += data;
  return finish(std::move(message), now);
}

shared_bytes periodic_message(std::uint64_t pending_count, instant now) {
  return finish(R"({"type":"periodic_update","pending_count":)" + std::to_string(pending_count), now);
}

shared_bytes pong_message(std::string_view ref, instant now) {
  std::string message;
  message.reserve(around_bytes_max);
  message += R"({"type":"pong")";
  append_ref(message, ref);
  return finish(std::move(message), now);
}

shared_bytes auto_categorize_message(std::size_t categorized, const std::optional<log_place>& where,
                                     std::string_view ref, instant now) {
  std::string message = R"({"type":"auto_categorize_result","categorized":)" + std::to_string(categorized);
  if (where)
    append_place(message, *where);
  append_ref(message, ref);
  return finish(std::move(message), now);
}

std::string wire_epoch(std::string_view log_epoch) { return std::string(log_epoch.substr(0, epoch_digits)); }

shared_bytes review_message(std::string_view data, const log_place& where, std::string_view ref, instant now) {
  std::string message = R"({"type":"review_update","data":)";
  message.append(data);
  append_place(message, where);
  append_ref(message, ref);
  return finish(std::move(message), now);
}

shared_bytes decision_message(std::string_view name, std::size_t changed, const log_place& where, std::string_view ref,
                              instant now) {
  std::string message = R"({"type":")";
  message.append(name).append(R"(_result","changed":)").append(std::to_string(changed));
  append_place(message, where);
  append_ref(message, ref);
  return finish(std::move(message), now);
}

shared_bytes error_message(const refusal& why, std::string_view ref, instant now) {
  std::string message = R"({"type":"error","code":")";
  message += to_string(why.code);
  message += R"(","message":)";
  message += json_string(why.message);
  append_ref(message, ref);
  return finish(std::move(message), now);
}

shared_bytes with_ref(const shared_bytes& message, std::string_view ref) {
  if (ref.empty())
    return message;
  auto marked = *message;
  marked.pop_back();
  append_ref(marked, ref);
  marked += '}';
  return std::make_shared<const std::string>(std::move(marked));
}

shared_bytes notification_message(const notification_posted& what, notification_id id, instant posted_at) {
  return finish(notification_text(what, id), posted_at);
}

shared_bytes notification_message(const notification_posted& what, notification_id id, instant posted_at,
                                  const log_place& where) {
  auto message = notification_text(what, id);
  append_place(message, where);
  return finish(std::move(message), posted_at);
}

shared_bytes notification_cleared_message(const notification_cleared& what, const log_place& where,
                                          instant cleared_at) {
  std::string message = R"({"type":"notification_cleared")";
  append_place(message, where);
  message.append(R"(,"id":)").append(std::to_string(raw(what.id)));
  message.append(R"(,"how":")");
  message.append(what.how == notification_cleared::manner::read ? "read" : "acknowledged").append("\"");
  return finish(std::move(message), cleared_at);
}

shared_bytes subscribed_message(const subscribed_answer& answer, std::string_view ref, instant now) {
  std::string message = R"({"type":"subscribed")";
  append_place(message, answer.where);
  message.append(R"(,"recovered":)").append(answer.recovered ? "true" : "false").append(R"(,"views":[)");
  for (const auto name : answer.views)
    message.append(message.back() == '[' ? "\"" : ",\"").append(name).append("\"");
  message += ']';
  append_ref(message, ref);
  return finish(std::move(message), now);
}

shared_bytes notifications_greeting(instant now) {
  return finish(R"({"type":"notification","message":"Connected to notifications","level":"info")", now);
}

} // namespace btpay
