#include "actors/event_stream.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace btpay {

namespace {

constexpr std::string_view type_begin = R"({"type":")";
constexpr std::string_view epoch_begin = R"(,"epoch":")";
constexpr std::string_view seq_begin = R"(","seq":)";
constexpr std::size_t epoch_bytes_max = 64;

std::optional<std::uint64_t> number_at(std::string_view text, std::size_t* end = nullptr) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{})
    return std::nullopt;
  const auto read = static_cast<std::size_t>(rest - text.data());
  if (end)
    *end = read;
  else if (read != text.size())
    return std::nullopt;
  return value;
}

std::string_view type_of(std::string_view message) {
  message.remove_prefix(std::min(type_begin.size(), message.size()));
  return message.substr(0, message.find('"'));
}

/// Our own messages: a position stands in them as `append_place` writes it, behind what others put into them.
std::optional<stream_place> place_of(std::string_view message) {
  const auto begin = message.rfind(epoch_begin);
  if (begin == std::string_view::npos)
    return std::nullopt;
  message.remove_prefix(begin + epoch_begin.size());
  const auto end = message.find(seq_begin);
  if (end == std::string_view::npos)
    return std::nullopt;
  std::size_t read = 0;
  const auto at = number_at(message.substr(end + seq_begin.size()), &read);
  if (!at)
    return std::nullopt;
  return stream_place{std::string(message.substr(0, end)), position{*at}, position{*at}};
}

shared_bytes shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

/// Messages of level 2 as events.
class message_stream : public connection {
public:
  message_stream(std::shared_ptr<connection> socket, const stream_request& asked, std::string first)
      : socket_(std::move(socket)),
        notified_(asked.notified),
        tells_notifications_(asked.notifications),
        first_(std::move(first)) {}

  void send(shared_bytes message, conflation replaces) override { socket_->send(event(*message), replaces); }
  bool send_delta(shared_bytes message, conflation view) override { return socket_->send_delta(event(*message), view); }
  void send_binary(shared_bytes) override {} // no stream speaks MessagePack
  void close(close_code code, std::string_view reason) override { socket_->close(code, reason); }

private:
  shared_bytes event(const std::string& message) {
    return shared(std::exchange(first_, {}) + event_of(message, tells_notifications_ ? &notified_ : nullptr));
  }

  std::shared_ptr<connection> socket_;
  position notified_;
  const bool tells_notifications_;
  std::string first_; ///< stands before the first event
};

/// The summaries of the replaced system. Of all messages, dashboards alone mean something here.
class summary_stream : public connection {
public:
  summary_stream(std::shared_ptr<connection> socket, std::string first)
      : socket_(std::move(socket)), first_(std::move(first)) {}

  void send(shared_bytes message, conflation replaces) override {
    if (type_of(*message) != "dashboard_update")
      return;
    auto summary = summary_of(*message);
    auto figures = summary.substr(0, summary.rfind(R"(,"timestamp")"));
    // What was asked for comes in any case, what changed only where it can be seen here.
    if (replaces != conflation::none && figures == figures_)
      return;
    figures_ = std::move(figures);
    socket_->send(shared(std::exchange(first_, {}) + summary), conflation::dashboard);
  }
  bool send_delta(shared_bytes, conflation) override { return true; }
  void send_binary(shared_bytes) override {}
  void close(close_code code, std::string_view reason) override { socket_->close(code, reason); }

private:
  std::shared_ptr<connection> socket_;
  std::string first_;
  std::string figures_; ///< as told last
};

} // namespace

std::string event_id(const stream_place& where) {
  auto id = where.epoch + '-' + std::to_string(raw(where.at));
  if (where.notified != where.at)
    id += '-' + std::to_string(raw(where.notified));
  return id;
}

std::optional<stream_place> parse_event_id(std::string_view id) {
  const auto first = id.find('-');
  if (first == std::string_view::npos || first == 0 || first > epoch_bytes_max ||
      id.find_first_not_of("0123456789abcdef") != first)
    return std::nullopt;
  const auto numbers = id.substr(first + 1);
  const auto second = numbers.find('-');
  const auto at = number_at(numbers.substr(0, second));
  const auto notified = second == std::string_view::npos ? at : number_at(numbers.substr(second + 1));
  if (!at || !notified)
    return std::nullopt;
  return stream_place{std::string(id.substr(0, first)), position{*at}, position{*notified}};
}

std::string event_of(std::string_view message, position* notified) {
  const auto type = type_of(message);
  std::string event;
  event.reserve(message.size() + 96);
  event.append("event: ").append(type).append("\n");
  if (auto where = place_of(message)) {
    if (notified && type.starts_with("notification"))
      *notified = where->at;
    if (notified)
      where->notified = *notified;
    event.append("id: ").append(event_id(*where)).append("\n");
  }
  event.append("data: ").append(message).append("\n\n");
  return event;
}

std::string summary_of(std::string_view dashboard_message) {
  const auto message = nlohmann::json::parse(dashboard_message);
  const auto& data = message.at("data");
  std::string text = R"(data: {"pending_bt_pay":)" + data.at("pending_count").dump();
  text += R"(,"today_transactions":)" + data.at("today_transactions").dump();
  text += R"(,"today_amount":)" + data.at("today_amount").dump();
  text += R"(,"timestamp":)" + message.at("timestamp").dump() + "}\n\n";
  return text;
}

std::shared_ptr<connection> make_event_stream(std::shared_ptr<connection> socket, const stream_request& asked,
                                              std::chrono::milliseconds retry) {
  auto first = "retry: " + std::to_string(retry.count()) + "\n";
  if (asked.summaries)
    return std::make_shared<summary_stream>(std::move(socket), std::move(first));
  return std::make_shared<message_stream>(std::move(socket), asked, std::move(first));
}

} // namespace btpay
