#include "projections/delta.hpp"

#include "projections/json_parts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace btpay {

namespace {

using elements = std::vector<std::string_view>;

/// The members of the dashboard that are lists; changes of others are told as whole values.
constexpr std::array<std::string_view, 2> lists{R"("top_merchants")", R"("recent_transactions")"};

/// Collects the parts of one member, and writes it where there were any.
class member_writer {
public:
  member_writer(std::string_view name, char begin, char end) : end_(end) {
    text_.append(",\"").append(name).append("\":") += begin;
  }

  std::string& next() {
    if (any_)
      text_ += ',';
    any_ = true;
    return text_;
  }

  bool finish(std::string& out) {
    if (!any_)
      return false;
    out.append(text_) += end_;
    return true;
  }

private:
  std::string text_;
  char end_;
  bool any_ = false;
};

/// Which elements of two lists are left alone: a longest common subsequence.
struct kept_elements {
  std::vector<bool> before;
  std::vector<bool> after;
};

kept_elements common(const elements& before, const elements& after) {
  kept_elements kept{std::vector<bool>(before.size()), std::vector<bool>(after.size())};
  // Lists change at one place mostly; the rest is compared once.
  std::size_t first = 0;
  std::size_t before_end = before.size();
  std::size_t after_end = after.size();
  for (; first < before_end && first < after_end && before[first] == after[first]; ++first)
    kept.before[first] = kept.after[first] = true;
  for (; before_end > first && after_end > first && before[before_end - 1] == after[after_end - 1];) {
    kept.before[--before_end] = true;
    kept.after[--after_end] = true;
  }
  const auto rows = before_end - first;
  const auto columns = after_end - first;
  std::vector<std::uint16_t> length((rows + 1) * (columns + 1));
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint16_t& { return length[i * (columns + 1) + j]; };
  for (auto i = rows; i-- > 0;)
    for (auto j = columns; j-- > 0;)
      at(i, j) = before[first + i] == after[first + j] ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1)
                                                       : std::max(at(i + 1, j), at(i, j + 1));
  for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
    if (before[first + i] == after[first + j])
      kept.before[first + i++] = kept.after[first + j++] = true;
    else if (at(i + 1, j) >= at(i, j + 1))
      ++i;
    else
      ++j;
  }
  return kept;
}

/// `removed` from the last to the first, `added` from the first to the last.
bool append_list_delta(std::string& out, std::string_view before_json, std::string_view after_json) {
  const auto before = elements_of(before_json);
  const auto after = elements_of(after_json);
  const auto kept = common(before, after);
  member_writer removed("removed", '[', ']');
  for (auto i = before.size(); i-- > 0;)
    if (!kept.before[i])
      removed.next().append(std::to_string(i));
  member_writer added("added", '[', ']');
  for (std::size_t i = 0; i < after.size(); ++i)
    if (!kept.after[i])
      added.next().append("[").append(std::to_string(i)).append(",").append(after[i]).append("]");
  const bool any = removed.finish(out);
  return added.finish(out) || any;
}

std::string_view value_of(const std::vector<json_member>& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &json_member::name);
  return found == members.end() ? std::string_view{} : found->value;
}

bool append_object_delta(std::string& out, std::string_view before_json, std::string_view after_json) {
  const auto before = members_of(before_json);
  const auto after = members_of(after_json);
  member_writer set("set", '{', '}');
  member_writer unset("unset", '[', ']');
  member_writer changed("lists", '{', '}');
  for (const auto& [name, value] : after) {
    const auto old = value_of(before, name);
    if (old == value)
      continue;
    std::string list;
    if (old.starts_with('[') && std::ranges::find(lists, name) != lists.end() && append_list_delta(list, old, value)) {
      list.front() = '{'; // in place of the first member's comma
      changed.next().append(name).append(":").append(list).append("}");
    } else {
      set.next().append(name).append(":").append(value);
    }
  }
  for (const auto& [name, value] : before)
    if (value_of(after, name).empty())
      unset.next().append(name);
  bool any = set.finish(out);
  any = unset.finish(out) || any;
  return changed.finish(out) || any;
}

/// How many cells have gone from the front, so that the fewest have to be told.
std::size_t shift_of(const elements& before, const elements& after) {
  std::size_t best = before.size();
  std::size_t most_kept = 0;
  const auto least = before.size() > after.size() ? before.size() - after.size() : 0;
  for (auto shift = least; shift < before.size(); ++shift) {
    std::size_t kept = 0;
    for (auto i = shift; i < before.size(); ++i)
      kept += before[i] == after[i - shift] ? 1U : 0U;
    if (kept > most_kept) {
      most_kept = kept;
      best = shift;
    }
  }
  return best;
}

bool append_cells_delta(std::string& out, std::string_view before_json, std::string_view after_json) {
  const auto before = elements_of(before_json);
  const auto after = elements_of(after_json);
  const auto shift = shift_of(before, after);
  member_writer cells("cells", '[', ']');
  for (std::size_t i = 0; i < after.size(); ++i)
    if (i + shift >= before.size() || before[i + shift] != after[i])
      cells.next().append("[").append(std::to_string(i)).append(",").append(after[i]).append("]");
  if (shift > 0)
    out.append(",\"shift\":").append(std::to_string(shift));
  return cells.finish(out) || shift > 0;
}

} // namespace

bool append_delta(std::string& out, view_kind view, std::string_view before, std::string_view after) {
  if (before == after)
    return false;
  switch (view) {
  case view_kind::dashboard:
  case view_kind::categories:
    return append_object_delta(out, before, after);
  case view_kind::pending:
    return append_list_delta(out, before, after);
  case view_kind::hourly:
    return append_cells_delta(out, before, after);
  }
  return false;
}

} // namespace btpay
