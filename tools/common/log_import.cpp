#include "tools/common/log_import.hpp"

#include "tools/common/event_json.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace btpay {

namespace {

/// How many events are one commit, at most.
constexpr std::size_t events_per_append = 4096;

/// Walks the events of a file and follows their order.
class line_reader {
public:
  line_reader(std::istream& lines, const byte_watch& watch) : lines_(lines), watch_(watch) {}

  /// The next event with its link to its user's one before; nothing behind the last.
  result<std::optional<recorded_event>> next() {
    if (!std::getline(lines_, line_)) {
      if (lines_.bad())
        return refuse(errc::storage_failed, "cannot be read on after line " + std::to_string(number_));
      return std::nullopt;
    }
    ++number_;
    watch_(line_.size() + 1);
    auto e = read_json_line(line_);
    if (!e)
      return bad(e.error().message);
    if (e->at != btpay::next(last_))
      return bad("has the event " + std::to_string(raw(e->at)) + " where " + std::to_string(raw(last_) + 1) +
                 " is due: only the export of a whole log can be imported");
    last_ = e->at;
    e->previous = std::exchange(heads_[raw(e->user)], e->at);
    return std::optional(std::move(*e));
  }

  tl::unexpected<refusal> bad(const std::string& why) const {
    return refuse(errc::invalid_value, "line " + std::to_string(number_) + ": " + why);
  }

  position last() const noexcept { return last_; }

private:
  std::istream& lines_;
  const byte_watch& watch_;
  std::string line_;
  std::size_t number_ = 0;
  position last_ = log_start;
  std::unordered_map<std::uint64_t, position> heads_;
};

/// Whether the log has the same event at the same place.
result<bool> has(const event_log& log, const recorded_event& wanted) {
  std::string found;
  const auto read = log.read(position{raw(wanted.at) - 1}, 1, [&found](const recorded_event& e) {
    found = to_json_line(e);
    return true;
  });
  return read.map([&](position) { return found == to_json_line(wanted); });
}

result<void> append_batch(event_log& into, std::vector<new_events>& batch, instant recorded_at) {
  if (batch.empty())
    return {};
  const auto made = into.append(batch, recorded_at);
  if (!made)
    return tl::unexpected(made.error());
  for (const auto& one : *made)
    if (!one)
      return tl::unexpected(one.error());
  batch.clear();
  return {};
}

} // namespace

bool is_exported_event(const std::string& line) {
  const auto given = nlohmann::json::parse(line, nullptr, false);
  return given.is_object() && given.contains("seq") && given.contains("type") && given.contains("data");
}

result<checked_lines> check_lines(std::istream& lines, const event_log& into, const byte_watch& watch) {
  checked_lines found;
  found.present = into.head();
  line_reader reader(lines, watch);
  auto e = reader.next();
  for (; e && *e; e = reader.next()) {
    auto& one = **e;
    if (one.at <= found.present) {
      const auto same = has(into, one);
      if (!same)
        return tl::unexpected(same.error());
      if (!*same)
        return reader.bad("is not what the log has there: import into an empty data directory");
    }
    if (auto* opened = std::get_if<user_opened>(&one.body))
      found.users[raw(one.user)] = std::move(*opened);
  }
  if (!e)
    return tl::unexpected(e.error());
  found.last = reader.last();
  if (found.last < found.present)
    return refuse(errc::invalid_value, "ends with the event " + std::to_string(raw(found.last)) + ", and the log has " +
                                           std::to_string(raw(found.present)) +
                                           ": import into an empty data directory");
  return found;
}

result<std::uint64_t> append_lines(std::istream& lines, event_log& into, const checked_lines& checked,
                                   const byte_watch& watch) {
  if (into.head() != checked.present)
    return refuse(errc::stale, "another process has written the log meanwhile: import again");
  line_reader reader(lines, watch);
  std::vector<new_events> batch;
  instant recorded_at{};
  std::uint64_t written = 0;
  auto e = reader.next();
  for (; e && *e; e = reader.next()) {
    auto& one = **e;
    if (one.at <= checked.present)
      continue;
    if (one.recorded_at != recorded_at || batch.size() == events_per_append)
      if (auto done = append_batch(into, batch, recorded_at); !done)
        return tl::unexpected(done.error());
    recorded_at = one.recorded_at;
    batch.push_back({one.user, one.previous, {std::move(one.body)}});
    ++written;
  }
  if (!e)
    return refuse(e.error().code, e.error().message + " (the file has changed meanwhile)");
  if (auto done = append_batch(into, batch, recorded_at); !done)
    return tl::unexpected(done.error());
  return written;
}

} // namespace btpay
