#include "actors/subscribe_form.hpp"

#include "actors/member_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btpay {

namespace {

constexpr std::string_view notifications_name = "notifications";
constexpr std::size_t epoch_bytes_max = 64;
constexpr std::size_t timestamp_bytes_max = 40;

/// Marks the views that are named; false where one is unknown.
bool take_view(subscribe& wanted, const nlohmann::json& name) {
  if (!name.is_string())
    return false;
  const auto& text = name.get_ref<const std::string&>();
  if (text == notifications_name)
    return wanted.notifications = true;
  const auto view = parse_view_kind(text);
  if (view)
    wanted.views[static_cast<std::size_t>(*view)] = true;
  return view.has_value();
}

void take_views(subscribe& wanted, member_reader& members) {
  const auto* named = members.find("views");
  if (!named) {
    wanted.views.fill(true);
    wanted.notifications = true;
    return;
  }
  if (!named->is_array())
    return members.fail(errc::wrong_type, R"("views" must be a list such as ["dashboard","notifications"])");
  for (const auto& name : *named)
    if (!take_view(wanted, name))
      return members.fail(errc::invalid_value,
                          R"("views" may name dashboard, pending, hourly, categories and notifications)");
}

std::chrono::milliseconds read_interval(member_reader& members) {
  const auto* given = members.find("interval_ms");
  if (!given)
    return {};
  if (given->is_number_unsigned()) {
    const auto ms = given->get<std::uint64_t>();
    if (ms == 0 || (std::cmp_less_equal(interval_least.count(), ms) && std::cmp_less_equal(ms, interval_most.count())))
      return std::chrono::milliseconds{ms};
  }
  members.fail(errc::invalid_value, "\"interval_ms\" must be 0 or a whole number from " +
                                        std::to_string(interval_least.count()) + " to " +
                                        std::to_string(interval_most.count()));
  return {};
}

view_base read_base(member_reader& members) {
  const position at{members.id("seq")};
  const auto cut = parse_rfc3339(members.text("timestamp", timestamp_bytes_max));
  if (!cut)
    members.fail(errc::invalid_date, "\"timestamp\" of a view must be what its last message said");
  return {at, cut.value_or(instant{})};
}

resume_point read_resume(const nlohmann::json& object, member_reader& outer) {
  member_reader members(object, "resume.");
  resume_point from;
  from.epoch = members.text("epoch", epoch_bytes_max);
  // The position may be 0: of a client that saw no event yet.
  const auto* seq = members.find("seq");
  if (seq && seq->is_number_unsigned())
    from.at = from.known = position{seq->get<std::uint64_t>()};
  else
    members.fail(errc::wrong_type, R"("resume.seq" must be a number)");
  if (const auto* notified = members.find("notifications")) {
    if (notified->is_number_unsigned())
      from.at = position{notified->get<std::uint64_t>()};
    else
      members.fail(errc::wrong_type, R"("resume.notifications" must be a number)");
  }
  if (const auto* views = members.find("views")) {
    if (!views->is_object())
      members.fail(errc::wrong_type, R"("resume.views" must be an object)");
    else
      for (const auto& [name, base] : views->items()) {
        const auto view = parse_view_kind(name);
        if (!view || !base.is_object())
          continue; // of a later client
        if (const auto at = base.find("seq"); at != base.end() && at->is_number_unsigned() && *at == 0U)
          continue; // nothing to tell from what was before the first event
        member_reader inside(base, "resume.views." + name + ".");
        from.views[static_cast<std::size_t>(*view)] = read_base(inside);
        members.take_failure(inside);
      }
  }
  outer.take_failure(members);
  return from;
}

} // namespace

result<client_command> read_subscribe(const nlohmann::json& document) {
  member_reader members(document);
  subscribe wanted;
  take_views(wanted, members);
  wanted.deltas = members.flag("deltas", false);
  wanted.interval = read_interval(members);
  if (const auto* resume = members.find("resume")) {
    if (resume->is_object())
      wanted.resume = read_resume(*resume, members);
    else
      members.fail(errc::wrong_type, R"("resume" must be an object such as {"epoch":"…","seq":0})");
  }
  if (members.wrong())
    return tl::unexpected(*members.wrong());
  return wanted;
}

} // namespace btpay
