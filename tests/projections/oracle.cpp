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

using own_rules = std::map<std::string, std::string>;

/// Enough for the merchants of the histories, whose rules are named in small ASCII letters.
std::string rule_name(std::string merchant) {
  std::ranges::transform(merchant, merchant.begin(), [](char c) { return 'A' <= c && c <= 'Z' ? c + ('a' - 'A') : c; });
  return merchant;
}

/// A transaction as it is after all events.
struct fact {
  std::uint64_t id = 0;
  transaction told{};
  transaction_facts said{};
  std::string own_category{}; ///< the source's, else what the rules say
  std::optional<std::string> decided{};
  bool removed = false;
  bool withdrawn = false;
  bool replaced = false;
  bool in_question = false;

  void tell(const transaction& now, const classifier& rules, const own_rules& own) {
    told = now;
    said = rules.classify(now);
    const auto rule = own.find(rule_name(said.merchant));
    if (!told.category.value_or("").empty())
      own_category = *told.category;
    else if (told.status != transaction_status::pending && rule != own.end())
      own_category = rule->second;
    else
      own_category = said.category.value_or("");
  }
  transaction_status status() const { return decided ? transaction_status::synced : told.status; }
  bool there() const { return !removed && !withdrawn && !replaced && !in_question; }
  bool waits() const { return said.counted && status() == transaction_status::pending; }
  bool synced() const { return status() == transaction_status::synced; }
  bool spent() const { return said.counted && synced(); }
  std::string category() const { return decided.value_or("").empty() ? own_category : *decided; }
};

using facts = std::vector<fact>;

struct world {
  facts all; ///< newest first; of equal dates the first imported first
  calendar days = calendar::of_zone("Europe/Bucharest").value();
  currency home;
  own_rules rules;
};

class folding {
public:
  explicit folding(const classifier& rules) : rules_(rules) {}

  void operator()(position, const user_opened& e) {
    w_.home = e.home;
    w_.days = calendar::of_zone(e.zone).value_or(w_.days);
  }
  void operator()(position at, const transaction_imported& e) {
    w_.all.push_back({.id = raw(at)});
    w_.all.back().tell(e.data, rules_, w_.rules);
  }
  void operator()(position, const transaction_corrected& e) {
    change(e.id, [&](fact& f) { f.tell(e.data, rules_, w_.rules); });
  }
  void operator()(position, const transaction_removed& e) {
    change(e.id, [&](fact& f) { (e.by == transaction_removed::author::user ? f.removed : f.withdrawn) = true; });
  }
  void operator()(position, const transaction_restored& e) {
    change(e.id, [](fact& f) { f.removed = false; });
  }
  void operator()(position, const transaction_categorized& e) {
    change(e.id, [&](fact& f) { f.decided = e.category; });
  }
  void operator()(position, const transaction_uncategorized& e) {
    change(e.id, [](fact& f) { f.decided.reset(); });
  }
  void operator()(position, const transaction_matched& e) {
    change(e.booked, [](fact& f) { f.in_question = false; });
    change(e.pending, [](fact& f) { f.replaced = true; });
  }
  void operator()(position, const transaction_unmatched& e) {
    change(e.booked, [](fact& f) { f.in_question = false; });
    change(e.pending, [](fact& f) { f.replaced = false; });
  }
  void operator()(position, const match_questioned& e) {
    change(e.booked, [](fact& f) { f.in_question = true; });
  }
  void operator()(position, const match_declined& e) {
    change(e.booked, [](fact& f) { f.in_question = false; });
  }
  void operator()(position, const merchant_remembered& e) { w_.rules[e.merchant] = e.category; }
  void operator()(position, const merchant_forgotten& e) { w_.rules.erase(e.merchant); }
  void operator()(position, const account_opened&) {}
  void operator()(position, const notification_posted&) {}
  void operator()(position, const notification_cleared&) {}
  void operator()(position, const alerts_set&) {}

  world seen() && {
    std::erase_if(w_.all, [](const fact& f) { return !f.there(); });
    std::ranges::stable_sort(w_.all, std::ranges::greater{}, [](const fact& f) { return f.told.date; });
    return std::move(w_);
  }

private:
  /// What its source withdrew changes no more.
  template <class Change>
  void change(transaction_id id, Change how) {
    const auto found = std::ranges::find(w_.all, raw(id), [](const fact& f) { return f.id; });
    if (found != w_.all.end() && !found->withdrawn)
      how(*found);
  }

  const classifier& rules_;
  world w_;
};

world fold(const std::vector<recorded_event>& events, const classifier& rules) {
  folding all(rules);
  for (const auto& e : events)
    std::visit([&](const auto& body) { all(e.at, body); }, e.body);
  return std::move(all).seen();
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
             "\",\"category_guess\":" + quoted_or_null(guess(f)) + ",\"description\":" + quoted(f.told.description);
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

  std::string guess(const fact& f) const {
    const auto rule = w_.rules.find(rule_name(f.said.merchant));
    return rule == w_.rules.end() ? f.own_category : rule->second;
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
  auto seen = fold(events, *policy.rules);
  if (policy.until_now)
    std::erase_if(seen.all, [&](const fact& f) { return f.told.date > now; });
  const court c(std::move(seen), policy.moneymanager, now);
  return {c.dashboard(), c.pending(), c.hourly(), c.categories()};
}

} // namespace btpay::testing
