#include "tools/common/event_json.hpp"

#include "tools/common/event_members.hpp"

#include <optional>
#include <utility>

namespace btpay {

namespace lines {

namespace {

json to_json(const recorded_event& e) {
  json line;
  line["seq"] = raw(e.at);
  line["user"] = raw(e.user);
  line["recorded_at"] = to_value(e.recorded_at);
  line["valid_at"] = to_value(valid_time(e.body, e.recorded_at));
  line["type"] = type_name(e.body);
  line["data"] = std::visit([](const auto& body) { return to_object(body); }, e.body);
  return line;
}

/// The event of that type with nothing in it.
template <std::size_t... Index>
std::optional<event> blank_event(std::string_view type, std::index_sequence<Index...>) {
  std::optional<event> made;
  const auto try_one = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    if (event one{std::in_place_index<I>}; !made && type_name(one) == type)
      made = std::move(one);
  };
  (try_one(std::integral_constant<std::size_t, Index>{}), ...);
  return made;
}

/// The envelope of a line.
struct envelope {
  recorded_event& e;
  instant valid_at{};
  std::string type{};
};
template <class Json>
void members(Json& to, envelope& line) {
  to("seq", line.e.at);
  to("user", line.e.user);
  to("recorded_at", line.e.recorded_at);
  to("valid_at", line.valid_at);
  to("type", line.type);
}

/// The first member that would be lost or changed, where there is one.
void check_nothing_is_lost(const json& given, const recorded_event& e) {
  const auto differences = nlohmann::json::diff(nlohmann::json(to_json(e)), nlohmann::json(given));
  if (!differences.empty())
    throw bad_line{"`" + differences.front()["path"].get<std::string>() +
                   "` is not known there, or not as an export writes it"};
}

recorded_event read_line(std::string_view line) {
  const auto given = json::parse(line, nullptr, false);
  if (given.is_discarded())
    throw bad_line{"is not JSON, or cut off"};
  recorded_event e;
  envelope outer{.e = e};
  from_object(given, outer);
  auto blank = blank_event(outer.type, std::make_index_sequence<std::variant_size_v<event>>{});
  if (!blank)
    throw bad_line{"`type` " + outer.type + " is not known: import it with a newer btpay"};
  e.body = *std::move(blank);
  if (!given.contains("data"))
    throw bad_line{"`data` is missing"};
  std::visit([&given](auto& body) { from_object(given["data"], body); }, e.body);
  if (outer.valid_at != valid_time(e.body, e.recorded_at))
    throw bad_line{"`valid_at` is not when its event happened"};
  if (names_own_append(e.body))
    throw bad_line{"an id in `data` is larger than any in a log"};
  if (to_json_line(e) != line)
    check_nothing_is_lost(given, e);
  return e;
}

} // namespace

} // namespace lines

std::string to_json_line(const recorded_event& e) { return lines::to_json(e).dump(); }

result<recorded_event> read_json_line(std::string_view line) {
  try {
    return lines::read_line(line);
  } catch (const lines::bad_line& wrong) {
    return refuse(errc::invalid_value, wrong.why);
  }
}

} // namespace btpay
