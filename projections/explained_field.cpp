#include "projections/explained_field.hpp"

#include "projections/amounts.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "projections/period.hpp"
#include "projections/ranking.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>

namespace btpay {

namespace {

constexpr std::size_t recent_max = 10;
constexpr std::size_t names_told_max = 50;

/// The preset counts the merchants after its own cut.
constexpr std::size_t moneymanager_merchants_max = 10;

enum class part : std::uint8_t { pending, today, month };

struct dashboard_number {
  std::string_view name;
  part of;
  figure what;
};
constexpr std::array dashboard_numbers{
    dashboard_number{"pending_count", part::pending, figure::count},
    dashboard_number{"pending_amount", part::pending, figure::amount},
    dashboard_number{"today_transactions", part::today, figure::count},
    dashboard_number{"today_amount", part::today, figure::amount},
    dashboard_number{"month_transactions", part::month, figure::count},
    dashboard_number{"month_amount", part::month, figure::amount},
    dashboard_number{"month_merchants", part::month, figure::merchants},
};
struct dashboard_prefix {
  std::string_view name;
  part of;
};
constexpr std::array dashboard_others{
    dashboard_prefix{"pending_other_amounts.", part::pending},
    dashboard_prefix{"today_other_amounts.", part::today},
    dashboard_prefix{"month_other_amounts.", part::month},
};

/// A field that may say at its end which of the numbers of a sum is meant.
struct sum_field {
  std::string_view stem;
  figure what = figure::amount;
  std::optional<currency> other{};
};

/// `text` without `end`, where it ends so.
std::optional<std::string_view> without_end(std::string_view text, std::string_view end) {
  if (!text.ends_with(end))
    return std::nullopt;
  return text.substr(0, text.size() - end.size());
}

std::optional<std::string_view> without_begin(std::string_view text, std::string_view begin) {
  if (!text.starts_with(begin))
    return std::nullopt;
  return text.substr(begin.size());
}

std::optional<currency> currency_named(std::string_view code) {
  const auto unit = currency::parse(code);
  return unit ? std::optional(*unit) : std::nullopt;
}

sum_field split(std::string_view field) {
  constexpr std::string_view others = ".other_amounts.";
  constexpr std::size_t code_bytes = 3;
  if (const auto stem = without_end(field, ".count"))
    return {*stem, figure::count};
  if (const auto stem = without_end(field, ".amount"))
    return {*stem};
  if (field.size() >= others.size() + code_bytes)
    if (const auto stem = without_end(field.substr(0, field.size() - code_bytes), others))
      if (const auto unit = currency_named(field.substr(field.size() - code_bytes)))
        return {*stem, figure::amount, unit};
  return {field};
}

std::optional<std::size_t> index_named(std::string_view text, std::size_t end) {
  std::size_t index = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || rest != text.data() + text.size() || index >= end)
    return std::nullopt;
  return index;
}

/// Looks a field up in one book at one moment.
class field_finder {
public:
  field_finder(const book& all, const view_policy& policy, instant now)
      : all_(all), policy_(policy), periods_(periods_of(policy_)), now_(now) {}

  std::optional<explained_rows> find(view_kind view, std::string_view field) const {
    switch (view) {
    case view_kind::dashboard:
      return of_dashboard(field);
    case view_kind::pending:
      return of_pending(field);
    case view_kind::hourly:
      return of_hourly(field);
    case view_kind::categories:
      return of_categories(field);
    }
    return std::nullopt;
  }

  /// The categories of the week.
  std::string categories() const {
    std::set<std::string_view> names;
    all_.rows().visit(at(periods_.week), [&](slot s) {
      if (const auto& r = all_.rows().at(s); is_spent(r))
        names.insert(all_.rows().name(category_group(r)));
    });
    std::string told;
    std::size_t count = 0;
    for (const auto name : names) {
      if (++count > names_told_max)
        return told + " and more";
      told.append(told.empty() ? "" : ", ").append(name);
    }
    return told;
  }

private:
  stretch at(const period& form) const { return form.at(now_, all_.owner().days()); }

  explained_rows rows_of(part of) const {
    switch (of) {
    case part::pending:
      return {.within = seen(always, now_, policy_), .counts = is_waiting};
    case part::today:
      return {.within = at(periods_.day)};
    case part::month:
      break;
    }
    return {.within = at(periods_.month)};
  }

  /// Says which of its numbers is meant. None where that is of the home currency, but asked for as another.
  std::optional<explained_rows> with(explained_rows rows, figure what, std::optional<currency> other = {}) const {
    rows.what = what;
    if (other && (policy_.moneymanager || *other == all_.owner().home()))
      return std::nullopt;
    if (what == figure::amount && !policy_.moneymanager)
      rows.unit = other ? other : all_.owner().home();
    return rows;
  }

  /// The name as rows are grouped by it, where a row that counts has it.
  std::optional<name_id> group_named(explained_rows rows, name_id (*group)(const row&), std::string_view name) const {
    std::optional<name_id> found;
    all_.rows().visit_back(rows.within, [&](slot s) {
      const auto& r = all_.rows().at(s);
      if (rows.counts(r) && all_.rows().name(group(r)) == name)
        found = group(r);
      return !found;
    });
    return found;
  }

  std::optional<explained_rows> of_dashboard(std::string_view field) const {
    for (const auto& known : dashboard_numbers)
      if (known.name == field)
        return known.what == figure::merchants ? of_merchants() : with(rows_of(known.of), known.what);
    for (const auto& known : dashboard_others)
      if (const auto code = without_begin(field, known.name))
        if (const auto unit = currency_named(*code))
          return with(rows_of(known.of), figure::amount, unit);
    if (const auto rest = without_begin(field, "top_merchants."))
      return of_merchant(*rest);
    if (const auto rest = without_begin(field, "recent_transactions."))
      return one_of({.within = at(periods_.week), .counts = is_synced}, *rest, recent_max);
    return std::nullopt;
  }

  std::optional<explained_rows> of_merchants() const {
    auto rows = rows_of(part::month);
    rows.what = figure::merchants;
    if (!policy_.moneymanager)
      return rows;
    merchant_tally groups;
    all_.rows().visit(rows.within, [&](slot s) {
      if (const auto& r = all_.rows().at(s); rows.holds(r))
        groups.add(r, measured(r, measure_of(policy_)));
    });
    std::vector<bool> top(all_.rows().names(), false);
    for (const auto& each : top_merchants(groups, moneymanager_merchants_max, policy_, amounts(policy_, all_.owner()),
                                          {all_.rows(), rows.within}))
      top[static_cast<std::size_t>(each.name)] = true;
    rows.top = std::move(top);
    return rows;
  }

  std::optional<explained_rows> of_merchant(std::string_view rest) const {
    const auto month = rows_of(part::month);
    for (const auto& wanted : {sum_field{rest}, split(rest)})
      if (const auto name = group_named(month, merchant_group, wanted.stem)) {
        auto rows = month;
        rows.group = merchant_group;
        rows.name = *name;
        return with(rows, wanted.what, wanted.other);
      }
    return std::nullopt;
  }

  static std::optional<explained_rows> one_of(explained_rows rows, std::string_view field, std::size_t end) {
    const auto index = index_named(without_end(field, ".amount").value_or(field), end);
    if (!index)
      return std::nullopt;
    rows.only = index;
    return rows;
  }

  std::optional<explained_rows> of_pending(std::string_view field) const {
    if (field == "count")
      return with(rows_of(part::pending), figure::count);
    if (field == "amount")
      return with(rows_of(part::pending), figure::amount);
    if (const auto code = without_begin(field, "other_amounts."))
      if (const auto unit = currency_named(*code))
        return with(rows_of(part::pending), figure::amount, unit);
    return one_of(rows_of(part::pending), field, pending_view::shown_max);
  }

  std::optional<explained_rows> of_hourly(std::string_view field) const {
    const auto wanted = split(field);
    const auto cells = hourly_view::stretches_at(now_, policy_, all_.owner().days());
    auto index = index_named(wanted.stem, cells.size());
    if (!index)
      if (const auto from = parse_rfc3339(wanted.stem))
        if (const auto found = std::ranges::find(cells, *from, &stretch::from); found != cells.end())
          index = static_cast<std::size_t>(found - cells.begin());
    if (!index)
      return std::nullopt;
    return with({.within = cells[*index]}, wanted.what, wanted.other);
  }

  std::optional<explained_rows> of_categories(std::string_view field) const {
    const auto wanted = split(field);
    auto name = without_end(wanted.stem, ".today");
    const bool today = name.has_value();
    if (!today)
      name = without_end(wanted.stem, ".week");
    if (!name)
      return std::nullopt;
    const explained_rows week{.within = at(periods_.week)};
    const auto category = group_named(week, category_group, *name);
    if (!category)
      return std::nullopt;
    auto rows = today ? rows_of(part::today) : week;
    rows.group = category_group;
    rows.name = *category;
    return with(rows, wanted.what, wanted.other);
  }

  const book& all_;
  const view_policy& policy_;
  periods periods_;
  instant now_;
};

/// The fields that a view has, in words.
std::string fields_of(const field_finder& finder, view_kind view) {
  switch (view) {
  case view_kind::dashboard: {
    std::string told;
    for (const auto& known : dashboard_numbers)
      told.append(known.name).append(", ");
    return told + "top_merchants.NAME, recent_transactions.INDEX, and of other currencies "
                  "pending_other_amounts.CURRENCY, today_other_amounts.CURRENCY, month_other_amounts.CURRENCY";
  }
  case view_kind::pending:
    return "count, amount, the indices of its list, and of other currencies other_amounts.CURRENCY";
  case view_kind::hourly:
    return "0 to 23 or the timestamps of its cells, each also with .count or .other_amounts.CURRENCY behind it";
  case view_kind::categories:
    break;
  }
  const auto names = finder.categories();
  if (names.empty())
    return "none now, since nothing was spent this week";
  return "NAME.today and NAME.week, each also with .count or .other_amounts.CURRENCY behind it, for the names " + names;
}

} // namespace

result<explained_rows> rows_behind(const book& all, const view_policy& policy, view_kind view, std::string_view field,
                                   instant now) {
  auto found = field_finder(all, policy, now).find(view, field);
  if (!found)
    return tl::unexpected(no_such_field(all, policy, view, field, now));
  return std::move(*found);
}

refusal no_such_field(const book& all, const view_policy& policy, view_kind view, std::string_view field, instant now) {
  return {errc::unknown_item, std::string(to_string(view)) + " has no field \"" + std::string(field) +
                                  "\"; it has: " + fields_of(field_finder(all, policy, now), view)};
}

} // namespace btpay
