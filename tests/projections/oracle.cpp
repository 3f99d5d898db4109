#include "tests/projections/oracle.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

namespace btpay::testing {

namespace {

using std::chrono::hours;
__extension__ using number = __int128;

/// A transaction as it is after all events.
struct fact {
  std::uint64_t id;
  transaction told;
  transaction_facts said;
  std::optional<std::string> decided;

  transaction_status status() const {
    return decided ? transaction_status::synced : back_to_pending ? transaction_status::pending : told.status;
  }
  bool back_to_pending = false;
  bool waits() const { return said.counted && status() == transaction_status::pending; }
  bool synced() const { return status() == transaction_status::synced; }
  bool spent() const { return said.counted && synced(); }
  std::string own_category() const {
    return told.category.value_or("").empty() ? said.category.value_or("") : *told.category;
  }
  std::string category() const { return decided.value_or("").empty() ? own_category() : *decided; }
};

using facts = std::vector<fact>;

struct world {
  facts all; ///< newest first; of equal dates the first imported first
  calendar days = calendar::of_zone("Europe/Bucharest").value();
  currency home;
};

world fold(const std::vector<recorded_event>& events, const classifier& rules) {
  world w;
  const auto find = [&](transaction_id id) {
    return std::ranges::find(w.all, raw(id), [](const fact& f) { return f.id; });
  };
  for (const auto& e : events) {
    if (const auto* opened = std::get_if<user_opened>(&e.body)) {
      w.home = opened->home;
      w.days = calendar::of_zone(opened->zone).value_or(w.days);
    } else if (const auto* imported = std::get_if<transaction_imported>(&e.body)) {
      w.all.push_back({raw(e.at), imported->data, rules.classify(imported->data), {}});
    } else if (const auto* corrected = std::get_if<transaction_corrected>(&e.body)) {
      if (const auto f = find(corrected->id); f != w.all.end()) {
        f->told = corrected->data;
        f->said = rules.classify(corrected->data);
        f->back_to_pending = false;
      }
    } else if (const auto* removed = std::get_if<transaction_removed>(&e.body)) {
      if (const auto f = find(removed->id); f != w.all.end())
        w.all.erase(f);
    } else if (const auto* categorized = std::get_if<transaction_categorized>(&e.body)) {
      if (const auto f = find(categorized->id); f != w.all.end())
        f->decided = categorized->category;
    } else if (const auto* uncategorized = std::get_if<transaction_uncategorized>(&e.body)) {
      if (const auto f = find(uncategorized->id); f != w.all.end() && f->decided) {
        f->decided.reset();
        f->back_to_pending = true;
      }
    }
  }
  std::ranges::stable_sort(w.all, std::ranges::greater{}, [](const fact& f) { return f.told.date; });
  return w;
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string quoted_or_null(const std::string& text) { return text.empty() ? "null" : quoted(text); }

std::string decimal(number minor, int exponent) {
  std::string digits;
  for (auto rest = minor < 0 ? -minor : minor; rest != 0; rest /= 10)
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  const auto least = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() < least)
    digits.insert(0, least - digits.size(), '0');
  if (exponent > 0)
    digits.insert(digits.size() - static_cast<std::size_t>(exponent), ".");
  return (minor < 0 ? "-" : "") + digits;
}

/// Answers for one user at one moment.
class court {
public:
  court(world w, bool moneymanager, instant now) : w_(std::move(w)), moneymanager_(moneymanager), now_(now) {}

  std::string dashboard() const {
    const auto pending = those([](const fact& f) { return f.waits(); });
    const auto today = spent_within([&](instant t) { return in_day(t); });
    const auto month = spent_within([&](instant t) { return in_month(t); });
    auto recent = those([&](const fact& f) { return f.synced() && in_week(f.told.date); });
    recent.resize(std::min<std::size_t>(recent.size(), 10));

    const auto merchants =
        grouped(month, [](const fact& f) { return f.said.merchant.empty() ? "Unknown" : f.said.merchant; });
    auto names = merchants.met;
    if (!moneymanager_)
      std::ranges::sort(names);
    std::ranges::stable_sort(
        names, [&](const auto& a, const auto& b) { return ranked(merchants.of.at(a)) > ranked(merchants.of.at(b)); });
    const auto count = moneymanager_ ? std::min<std::size_t>(names.size(), 10) : names.size();
    names.resize(std::min<std::size_t>(names.size(), 5));

    std::string out = "{";
    if (!moneymanager_)
      out += "\"currency\":" + quoted(std::string{w_.home.code()}) + ",";
    out += "\"pending_count\":" + std::to_string(pending.size()) + "," + sums(pending, "pending_");
    out += ",\"today_transactions\":" + std::to_string(today.size()) + "," + sums(today, "today_");
    out += ",\"month_transactions\":" + std::to_string(month.size()) + "," + sums(month, "month_");
    out += ",\"month_merchants\":" + std::to_string(count) + ",\"top_merchants\":[";
    for (const auto& name : names)
      out += (name == names.front() ? "" : ",") + std::string("{\"name\":") + quoted(name) + "," +
             sums(merchants.of.at(name), "") + ",\"count\":" + std::to_string(merchants.of.at(name).size()) + "}";
    out += "],\"recent_transactions\":[";
    for (const auto& f : recent)
      out += (f.id == recent.front().id ? "" : ",") + std::string("{\"merchant\":") + quoted(f.said.merchant) +
             ",\"amount\":" + single(f) + (moneymanager_ ? "" : ",\"currency\":" + unit(f)) + ",\"date\":\"" +
             to_rfc3339(f.told.date) + "\",\"category\":" + quoted_or_null(f.category()) + "}";
    return out + "]}";
  }

  std::string pending() const {
    auto shown = those([](const fact& f) { return f.waits(); });
    shown.resize(std::min<std::size_t>(shown.size(), 20));
    std::string out = "[";
    for (const auto& f : shown) {
      out += out == "[" ? "{" : ",{";
      out += "\"id\":" + std::to_string(f.id) + ",\"merchant\":" + quoted(f.said.merchant) +
             ",\"amount\":" + single(f) + ",\"currency\":" + unit(f) + ",\"date\":\"" + to_rfc3339(f.told.date) +
             "\",\"category_guess\":" + quoted_or_null(f.own_category()) +
             ",\"description\":" + quoted(f.told.description);
      if (!moneymanager_)
        out += std::string(",\"bank_status\":\"") + (f.told.bank == bank_status::pending ? "pending" : "booked") + "\"";
      out += "}";
    }
    return out + "]";
  }

  std::string hourly() const {
    std::string out;
    auto clock_hour = w_.days.hour_start(now_);
    for (int i = 1; i <= 24; ++i) {
      const auto from = moneymanager_ ? now_ - hours{i} : clock_hour;
      const auto within = spent_within(
          [&](instant t) { return moneymanager_ ? from <= t && t < from + hours{1} : w_.days.hour_start(t) == from; });
      const auto utc_hour = std::chrono::floor<hours>(from).time_since_epoch().count() % 24;
      const auto hour = moneymanager_ ? (utc_hour + 24) % 24 : w_.days.hour_of_day(from);
      out = "{\"hour\":" + std::to_string(hour) + ",\"timestamp\":\"" + to_rfc3339(from) +
            "\",\"count\":" + std::to_string(within.size()) + "," + sums(within, "") + "}" + (i == 1 ? "" : ",") + out;
      clock_hour = w_.days.hour_start(clock_hour - duration{1});
    }
    return "[" + out + "]";
  }

  std::string categories() const {
    const auto key = [](const fact& f) { return f.category().empty() ? "other" : f.category(); };
    const auto week = grouped(spent_within([&](instant t) { return in_week(t); }), key);
    auto today = grouped(spent_within([&](instant t) { return in_day(t); }), key);
    auto names = week.met;
    if (!moneymanager_)
      std::ranges::sort(names);
    const auto cell = [&](const facts& some) {
      return "{\"count\":" + std::to_string(some.size()) + "," + sums(some, "") + "}";
    };
    std::string out = "{";
    for (const auto& name : names)
      out += (out == "{" ? "" : ",") + quoted(name) + ":{\"today\":" + cell(today.of[name]) +
             ",\"week\":" + cell(week.of.at(name)) + "}";
    return out + "}";
  }

private:
  struct groups {
    std::vector<std::string> met;
    std::map<std::string, facts> of;
  };

  facts those(const std::function<bool(const fact&)>& wanted) const {
    facts some;
    std::ranges::copy_if(w_.all, std::back_inserter(some), wanted);
    return some;
  }
  facts spent_within(const std::function<bool(instant)>& within) const {
    return those([&](const fact& f) { return f.spent() && within(f.told.date); });
  }

  bool in_day(instant t) const {
    return moneymanager_ ? t >= now_ - hours{24} : w_.days.day_start(t) == w_.days.day_start(now_);
  }
  bool in_week(instant t) const {
    return moneymanager_ ? t >= now_ - hours{7 * 24}
                         : t >= w_.days.day_start_plus(now_, -6) && t < w_.days.day_start_plus(now_, 1);
  }
  bool in_month(instant t) const {
    return moneymanager_ ? t >= now_ - hours{30 * 24} : w_.days.month_start(t) == w_.days.month_start(now_);
  }

  static groups grouped(const facts& some, const std::function<std::string(const fact&)>& key) {
    groups g;
    for (const auto& f : some) {
      if (g.of[key(f)].empty())
        g.met.push_back(key(f));
      g.of[key(f)].push_back(f);
    }
    return g;
  }

  number value(const fact& f) const {
    const auto spent = -number{f.told.amount.minor};
    return moneymanager_ && spent < 0 ? -spent : spent;
  }
  std::string single(const fact& f) const { return decimal(value(f), f.told.amount.unit.exponent()); }
  static std::string unit(const fact& f) { return quoted(std::string{f.told.amount.unit.code()}); }

  /// The sum of all currencies in ten-thousandths.
  number added_up(const facts& some) const {
    number sum = 0;
    for (const auto& f : some) {
      auto part = value(f);
      for (int digits = f.told.amount.unit.exponent(); digits < 4; ++digits)
        part *= 10;
      sum += part;
    }
    return sum;
  }
  number in_currency(const facts& some, currency wanted) const {
    number sum = 0;
    for (const auto& f : some)
      if (f.told.amount.unit == wanted)
        sum += value(f);
    return sum;
  }
  number ranked(const facts& some) const { return moneymanager_ ? added_up(some) : in_currency(some, w_.home); }

  std::string sums(const facts& some, const std::string& prefix) const {
    std::string out = "\"" + prefix + "amount\":";
    if (moneymanager_) {
      int digits = 2;
      for (const auto& f : some)
        digits = std::max(digits, f.told.amount.unit.exponent());
      auto sum = added_up(some);
      for (int left = digits; left < 4; ++left)
        sum /= 10;
      return out + decimal(sum, digits);
    }
    std::map<std::string, currency> others;
    for (const auto& f : some)
      if (f.told.amount.unit != w_.home)
        others[std::string{f.told.amount.unit.code()}] = f.told.amount.unit;
    out += decimal(in_currency(some, w_.home), w_.home.exponent());
    for (const auto& [code, unit] : others)
      out += (code == others.begin()->first ? ",\"" + prefix + "other_amounts\":{" : ",") + quoted(code) + ":" +
             decimal(in_currency(some, unit), unit.exponent());
    return others.empty() ? out : out + "}";
  }

  world w_;
  bool moneymanager_;
  instant now_;
};

} // namespace

oracle_answers judge(const std::vector<recorded_event>& events, const view_policy& policy, instant now) {
  const court c(fold(events, *policy.rules), policy.moneymanager, now);
  return {c.dashboard(), c.pending(), c.hourly(), c.categories()};
}

} // namespace btpay::testing
