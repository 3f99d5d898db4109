#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/explanation.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "tests/projections/random_history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>

namespace btpay::testing {
namespace {

using nlohmann::json;

int rounds(int usual) {
  const char* text = std::getenv("ROUNDS");
  return text ? std::atoi(text) : usual;
}

/// Decimals as text, added up without a number of the machine: the judge of the sums shares nothing with them.
class decimal_sum {
public:
  void add(std::string text) {
    const bool negative = text.starts_with('-');
    text.erase(0, negative ? 1 : 0);
    auto point = text.find('.');
    std::size_t fraction = 0;
    if (point != std::string::npos) {
      fraction = text.size() - point - 1;
      text.erase(point, 1);
    }
    text.append(fraction_digits - fraction, '0');
    __extension__ __int128 value = 0;
    for (const char digit : text)
      value = value * 10 + (digit - '0');
    sum_ += negative ? -value : value;
  }
  friend bool operator==(const decimal_sum&, const decimal_sum&) = default;

private:
  static constexpr std::size_t fraction_digits = 4;
  __extension__ __int128 sum_ = 0;
};

decimal_sum decimal(const std::string& text) {
  decimal_sum value;
  value.add(text);
  return value;
}

/// Keeps fractions as the text that they came as.
class exact_parser : public nlohmann::detail::json_sax_dom_parser<json> {
public:
  using base = nlohmann::detail::json_sax_dom_parser<json>;
  explicit exact_parser(json& into) : base(into, false) {}
  bool number_float(double, const std::string& text) {
    std::string copy = text;
    return base::string(copy);
  }
};

json exactly(const std::string& text) {
  json read;
  exact_parser parser(read);
  REQUIRE(json::sax_parse(text, &parser));
  return read;
}

std::string number_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

struct judged_view {
  const book& all;
  const view_policy& policy;
  instant now;
  view_kind view;

  /// All pages of what is behind the field; the sum of what they list, and how many there are.
  void check(const std::string& field, const json& shown, bool is_amount) const {
    INFO(to_string(view) << " " << field << " " << shown);
    decimal_sum listed;
    std::map<std::string, decimal_sum> by_currency;
    std::uint64_t count = 0;
    std::set<std::uint64_t> ids;
    json answer;
    std::uint64_t after = 0;
    do {
      const auto members = explain(all, policy, {view, field, 7, transaction_id{after}}, now);
      REQUIRE(members);
      answer = exactly("{" + *members + "}");
      for (const auto& each : answer["transactions"]) {
        listed.add(number_text(each["amount"]));
        by_currency[each["currency"]].add(number_text(each["amount"]));
        REQUIRE(ids.insert(each["id"].get<std::uint64_t>()).second);
        ++count;
      }
      after = answer["next"].is_null() ? 0 : answer["next"].get<std::uint64_t>();
    } while (after != 0);
    REQUIRE(answer["count"] == count);
    REQUIRE(answer["amounts"].size() == by_currency.size());
    for (const auto& [code, sum] : by_currency)
      REQUIRE(decimal(number_text(answer["amounts"][code])) == sum);
    REQUIRE(decimal(number_text(answer["value"])) == decimal(number_text(shown)));
    if (is_amount)
      REQUIRE(listed == decimal(number_text(shown)));
    else if (field != "month_merchants")
      REQUIRE(count == shown);
  }

  void check_others(const std::string& stem, const json& from, const char* member) const {
    if (from.contains(member))
      for (const auto& [code, amount] : from[member].items())
        check(stem + code, amount, true);
  }

  void check_sum(const std::string& field, const json& sum) const {
    check(field, sum["amount"], true);
    check(field + ".amount", sum["amount"], true);
    check(field + ".count", sum["count"], false);
    check_others(field + ".other_amounts.", sum, "other_amounts");
  }
};

void check_dashboard(const judged_view& judge, const json& data) {
  for (const std::string part : {"pending", "today", "month"}) {
    judge.check(part + "_amount", data[part + "_amount"], true);
    const auto count = part + (part == "pending" ? "_count" : "_transactions");
    judge.check(count, data[count], false);
    judge.check_others(part + "_other_amounts.", data, (part + "_other_amounts").c_str());
  }
  judge.check("month_merchants", data["month_merchants"], false);
  for (const auto& each : data["top_merchants"])
    judge.check_sum("top_merchants." + each["name"].get<std::string>(), each);
  for (std::size_t i = 0; i < data["recent_transactions"].size(); ++i)
    judge.check("recent_transactions." + std::to_string(i), data["recent_transactions"][i]["amount"], true);
}

void check_pending(const judged_view& judge, const std::vector<recorded_event>& events, instant now, const json& data) {
  pending_view view(judge.policy);
  for (const auto& e : events)
    view.apply(e);
  view.advance(now);
  std::string totals;
  view.render_totals(totals);
  const auto sum = exactly("{" + totals + "}");
  judge.check("amount", sum["amount"], true);
  judge.check("count", sum["count"], false);
  judge.check_others("other_amounts.", sum, "other_amounts");
  for (std::size_t i = 0; i < data.size(); ++i)
    judge.check(std::to_string(i), data[i]["amount"], true);
}

void check_every_number(const std::vector<recorded_event>& events, const view_policy& policy, instant now) {
  book all(policy);
  for (const auto& e : events)
    all.apply(e);
  const auto judge_of = [&](view_kind view) { return judged_view{all, policy, now, view}; };
  check_dashboard(judge_of(view_kind::dashboard), exactly(folded<dashboard_view>(events, policy, now)));
  check_pending(judge_of(view_kind::pending), events, now, exactly(folded<pending_view>(events, policy, now)));

  const auto hourly = judge_of(view_kind::hourly);
  const auto cells = exactly(folded<hourly_view>(events, policy, now));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    hourly.check_sum(std::to_string(i), cells[i]);
    hourly.check_sum(cells[i]["timestamp"].get<std::string>(), cells[i]);
  }

  const auto categories = judge_of(view_kind::categories);
  const auto shown = exactly(folded<category_view>(events, policy, now));
  for (const auto& [name, sums] : shown.items())
    for (const std::string period : {"today", "week"})
      categories.check_sum(name + "." + period, sums[period]);
}

TEST_CASE("every number of every view is the sum or count of what explains it") {
  BTPAY_SEEDED(random);
  for (int round = rounds(25); round > 0; --round)
    for (const auto& policy : {by_calendar(), until_now(), like_moneymanager()}) {
      random_history made(random);
      for (auto left = random() % 200; left > 0; --left)
        made.happen();
      for (int moments = 3; moments > 0; --moments)
        check_every_number(made.so_far().events(), policy, made.pass());
    }
}

} // namespace
} // namespace btpay::testing
