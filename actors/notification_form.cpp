#include "actors/notification_form.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace btpay {

namespace {

using nlohmann::json;

constexpr std::size_t message_bytes_max = 1024;
constexpr std::size_t key_bytes_max = 128;
constexpr std::size_t extra_bytes_max = 4096;

/// A double tells fifteen decimal digits exactly; an amount beyond that comes as a string.
constexpr double exact_number_max = 1e13;

result<std::vector<std::string>> names_of(const json& form) {
  std::vector<std::string> names;
  if (const auto one = form.find("user"); one != form.end()) {
    if (!one->is_string())
      return refuse(errc::wrong_type, "\"user\" must be a string");
    names.push_back(one->get<std::string>());
  }
  if (const auto several = form.find("users"); several != form.end()) {
    if (!several->is_array())
      return refuse(errc::wrong_type, "\"users\" must be a list of strings");
    for (const auto& one : *several) {
      if (!one.is_string())
        return refuse(errc::wrong_type, "\"users\" must be a list of strings");
      names.push_back(one.get<std::string>());
    }
  }
  return names;
}

result<money> amount_of(const json& form) {
  const auto unit = currency::parse(form.value("currency", json("RON")).is_string()
                                        ? form.value("currency", json("RON")).get<std::string>()
                                        : std::string());
  if (!unit)
    return tl::unexpected(unit.error());
  const auto& amount = form.at("amount");
  if (amount.is_string())
    return parse_money(amount.get<std::string>(), *unit);
  if (!amount.is_number())
    return refuse(errc::wrong_type, "\"amount\" must be a decimal string or a number");
  if (std::abs(amount.get<double>()) >= exact_number_max)
    return refuse(errc::invalid_amount, "\"amount\" is too large for a number: send it as a string");
  return parse_money(amount.dump(), *unit);
}

} // namespace

result<notify> parse_notification(std::string_view body) {
  auto form = json::parse(body, nullptr, false);
  if (!form.is_object())
    return refuse(errc::malformed, R"(send a JSON object such as {"user":"ana","message":"Hello"})");
  notify order;
  const auto all = form.find("all");
  order.everyone = all != form.end() && all->is_boolean() && all->get<bool>();
  auto names = names_of(form);
  if (!names)
    return tl::unexpected(names.error());
  order.users = std::move(*names);
  if (!order.everyone && order.users.empty())
    return refuse(errc::missing_field, R"(name whom: "user", "users" or "all":true)");

  const auto message = form.find("message");
  if (message == form.end() || !message->is_string() || message->get_ref<const std::string&>().empty())
    return refuse(errc::missing_field, "\"message\" is missing or not a string");
  order.what.message = message->get<std::string>();
  if (order.what.message.size() > message_bytes_max)
    return refuse(errc::too_long, "\"message\" is longer than " + std::to_string(message_bytes_max) + " bytes");
  if (const auto level = form.find("level"); level != form.end()) {
    const auto parsed = parse_notification_level(level->is_string() ? level->get<std::string>() : "");
    if (!parsed)
      return tl::unexpected(parsed.error());
    order.what.level = *parsed;
  }
  if (form.contains("amount")) {
    const auto amount = amount_of(form);
    if (!amount)
      return tl::unexpected(amount.error());
    order.what.amount = *amount;
  }
  if (const auto key = form.find("key"); key != form.end()) {
    if (!key->is_string() || key->get_ref<const std::string&>().size() > key_bytes_max)
      return refuse(errc::wrong_type,
                    "\"key\" must be a string of at most " + std::to_string(key_bytes_max) + " bytes");
    order.what.key = key->get<std::string>();
  }
  for (const auto* known : {"user", "users", "all", "message", "level", "amount", "currency", "key", "type", "id",
                            "epoch", "seq", "timestamp"})
    form.erase(known);
  if (!form.empty()) {
    order.what.extra_json = form.dump();
    if (order.what.extra_json.size() > extra_bytes_max)
      return refuse(errc::too_long, "further members take more than " + std::to_string(extra_bytes_max) + " bytes");
  }
  return order;
}

} // namespace btpay
