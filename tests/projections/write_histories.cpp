/// Writes random histories and what the views make of them, for the judge in `decimal_judge.py`, which shares no code
/// with btpay: one JSON object a line.
///
///   write_histories SEED COUNT
///
/// A history begins with `{"history":N,"compat":BOOL}`. Then come events `{"event":TYPE,"at":POSITION,…}`, each with
/// the four views, kept up to date and rendered at `now`, behind it: `{"now":T,"views":{…}}`. Times are microseconds
/// since 1970 UTC, amounts minor units with their exponent.

#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "tests/projections/random_history.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>

namespace btpay::testing {
namespace {

using nlohmann::json;

std::int64_t micros(instant t) { return t.time_since_epoch().count(); }

json or_null(const std::optional<std::string>& text) { return text ? json(*text) : json(nullptr); }

/// Members of an event for the judge.
class event_writer {
public:
  explicit event_writer(const classifier& rules) : rules_(rules) {}

  json operator()(const user_opened& e) const {
    return {{"zone", e.zone}, {"home", e.home.code()}, {"home_exponent", e.home.exponent()}};
  }
  json operator()(const account_opened&) const { return json::object(); }
  json operator()(const transaction_imported& e) const { return content(e.data); }
  json operator()(const transaction_corrected& e) const {
    auto object = content(e.data);
    object["id"] = raw(e.id);
    return object;
  }
  json operator()(const transaction_removed& e) const {
    return {{"id", raw(e.id)}, {"by", e.by == transaction_removed::author::user ? "user" : "source"}};
  }
  json operator()(const transaction_categorized& e) const { return {{"id", raw(e.id)}, {"category", e.category}}; }
  json operator()(const transaction_matched& e) const {
    return {{"booked", raw(e.booked)}, {"pending", raw(e.pending)}};
  }
  json operator()(const transaction_unmatched& e) const {
    return {{"booked", raw(e.booked)}, {"pending", raw(e.pending)}};
  }
  json operator()(const match_questioned& e) const { return {{"booked", raw(e.booked)}}; }
  json operator()(const match_declined& e) const { return {{"booked", raw(e.booked)}}; }
  json operator()(const merchant_remembered& e) const { return {{"merchant", e.merchant}, {"category", e.category}}; }
  json operator()(const merchant_forgotten& e) const { return {{"merchant", e.merchant}}; }
  json operator()(const alerts_set&) const { return json::object(); }
  json operator()(const notification_posted&) const { return json::object(); }
  /// What names one transaction or notification and no more.
  template <class Other>
  json operator()(const Other& e) const {
    return {{"id", raw(e.id)}};
  }

private:
  json content(const transaction& t) const {
    const auto said = rules_.classify(t);
    return {{"date", micros(t.date)},
            {"minor", t.amount.minor},
            {"currency", t.amount.unit.code()},
            {"exponent", t.amount.unit.exponent()},
            {"description", t.description},
            {"bank", to_string(t.bank)},
            {"status", to_string(t.status)},
            {"told_category", or_null(t.category)},
            {"counted", said.counted},
            {"merchant", said.merchant},
            {"category", or_null(said.category)}};
  }

  const classifier& rules_;
};

void print(const json& line) { std::printf("%s\n", line.dump(-1, ' ', false, json::error_handler_t::replace).c_str()); }

template <projection View>
std::string up_to_date(View& view, instant now) {
  view.advance(now);
  return rendered(view);
}

void write_history(rng& random, std::uint64_t number, const view_policy& policy) {
  print({{"history", number}, {"compat", policy.moneymanager}});
  random_history made(random);
  dashboard_view dashboard(policy);
  pending_view pending(policy);
  hourly_view hourly(policy);
  category_view categories(policy);
  const event_writer members(*policy.rules);
  for (auto left = 1 + random() % 24; left > 0; --left) {
    if (random() % 3 == 0)
      made.pass();
    const auto& e = made.happen();
    auto line = std::visit(members, e.body);
    line["event"] = type_name(e.body);
    line["at"] = raw(e.at);
    print(line);
    dashboard.apply(e);
    pending.apply(e);
    hourly.apply(e);
    categories.apply(e);
    // As they were rendered, so that the judge sees every digit.
    const auto now = made.now();
    std::printf(R"({"now":%lld,"views":{"dashboard":%s,"pending":%s,"hourly":%s,"categories":%s}})"
                "\n",
                static_cast<long long>(micros(now)), up_to_date(dashboard, now).c_str(),
                up_to_date(pending, now).c_str(), up_to_date(hourly, now).c_str(), up_to_date(categories, now).c_str());
  }
}

} // namespace
} // namespace btpay::testing

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: write_histories SEED COUNT\n");
    return 2;
  }
  btpay::testing::rng random(std::strtoull(argv[1], nullptr, 10));
  const auto count = std::strtoull(argv[2], nullptr, 10);
  for (std::uint64_t i = 0; i < count; ++i)
    btpay::testing::write_history(random, i,
                                  i % 4 == 3 ? btpay::testing::like_moneymanager() : btpay::testing::by_calendar());
  return 0;
}
