/// The preset against what the replaced system answered to one user, kept as files: same input, same clock, the same
/// views as JSON values. The files and their origin are told of in tests/golden/moneymanager/README.md.

#include "domain/decide.hpp"
#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"
#include "tests/projections/history.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>

namespace btpay::testing {
namespace {

using nlohmann::json;

json golden(const std::string& name) {
  std::ifstream file(BTPAY_GOLDEN_DIR "/moneymanager/" + name);
  return json::parse(file);
}

history imported(const json& input, std::string_view user) {
  const auto found = std::ranges::find_if(input["users"], [&](const json& each) { return each["username"] == user; });
  const auto id = (*found)["id"];
  history made;
  for (const auto& each : input["accounts"])
    if (each["user"] == id)
      made.add(account_opened{each["name"], currency::parse(each["currency"].get<std::string>()).value(),
                              when(each["created_at"].get<std::string>())});
  for (const auto& each : input["transactions"]) {
    if (each["user"] != id)
      continue;
    transaction t;
    t.source = "moneymanager";
    t.external_id = each["id"].dump();
    t.date = when(each["date"].get<std::string>());
    t.amount = amount_of(each["amount"].get<std::string>() + " " + each["currency"].get<std::string>());
    t.description = each["description"];
    t.status = parse_transaction_status(each["status"].get<std::string>()).value();
    t.linked = each["linked"];
    made.import(std::move(t));
  }
  return made;
}

/// Leaves out what may differ: ids are given anew, and UTC is written as `Z`.
json comparable(json value) {
  if (value.is_object())
    value.erase("id");
  if (value.is_structured())
    for (auto& each : value)
      each = comparable(each);
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (constexpr std::string_view utc = "+00:00"; text.starts_with("20") && text.ends_with(utc))
      value = text.substr(0, text.size() - utc.size()) + "Z";
  }
  return value;
}

/// The `data` of each kind of message that the socket sent, with how often it did.
std::map<std::string, std::vector<json>> sent_messages() {
  std::map<std::string, std::vector<json>> sent;
  for (const auto& step : golden("bogdan.main.ws.json"))
    for (const auto& message : step["receive"])
      if (message.contains("data"))
        sent[message["type"]].push_back(comparable(message["data"]));
  return sent;
}

template <projection View>
void check(std::string_view type) {
  const auto input = golden("transactions.json");
  const view_policy policy{make_moneymanager_classifier(), true};
  const auto now = when(input["now"].get<std::string>());
  const auto ours = folded<View>(imported(input, "bogdan").events(), policy, now);
  const auto theirs = sent_messages()[std::string{type}];
  REQUIRE(theirs.size() >= 2);
  for (const auto& each : theirs)
    CHECK(comparable(json::parse(ours)) == each);
}

TEST_CASE("the preset's dashboard is the replaced system's") { check<dashboard_view>("dashboard_update"); }
TEST_CASE("the preset's pending list is the replaced system's") { check<pending_view>("pending_update"); }
TEST_CASE("the preset's hours are the replaced system's") { check<hourly_view>("hourly_update"); }
TEST_CASE("the preset's categories are the replaced system's") { check<category_view>("category_update"); }

TEST_CASE("the preset's categories come in the replaced system's order") {
  const auto input = golden("transactions.json");
  const view_policy policy{make_moneymanager_classifier(), true};
  const auto ours = nlohmann::ordered_json::parse(
      folded<category_view>(imported(input, "bogdan").events(), policy, when(input["now"].get<std::string>())));
  std::ifstream file(BTPAY_GOLDEN_DIR "/moneymanager/bogdan.main.ws.json");
  const auto steps = nlohmann::ordered_json::parse(file);
  for (const auto& message : steps[0]["receive"])
    if (message["type"] == "category_update") {
      auto our = ours.begin();
      for (const auto& [name, cell] : message["data"].items())
        CHECK((our++).key() == name);
    }
}

TEST_CASE("what auto_categorize books leaves the pending list for the sums") {
  const auto input = golden("transactions.json");
  const view_policy policy{make_moneymanager_classifier(), true};
  const auto now = when(input["now"].get<std::string>());
  auto made = imported(input, "bogdan");
  user_state state;
  dashboard_view view(policy);
  for (const auto& e : made.events()) {
    state.apply(e);
    view.apply(e);
  }
  view.advance(now);
  const auto before = json::parse(rendered(view));
  const auto decided = decide(state, auto_categorize{}, {policy.rules, true}, {});
  for (const auto& body : decided.events) {
    made.add(body);
    if (std::holds_alternative<transaction_categorized>(body))
      CHECK(view.apply(made.events().back()));
  }
  const auto after = json::parse(rendered(view));
  REQUIRE(decided.answer.categorized > 0);
  CHECK(after["pending_count"].get<std::size_t>() + decided.answer.categorized == before["pending_count"]);
  CHECK(after["month_transactions"] > before["month_transactions"]);
  CHECK(rendered(view) == folded<dashboard_view>(made.events(), policy, now));
}

} // namespace
} // namespace btpay::testing
