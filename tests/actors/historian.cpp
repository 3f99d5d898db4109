#include "actors/historian.hpp"

#include "projections/dashboard_view.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;

struct fixture : service_fixture {
  past_answer tell(past_query query) { return ask<past_answer>(actors->historian(ana.id), std::move(query)); }

  past_query views(std::optional<instant> at = {}) const {
    past_query query{.user = ana.id, .at = at, .known_at = {}, .last = {}, .what = past_query::views{}};
    std::get<past_query::views>(query.what).fill(true);
    return query;
  }
  past_query why(view_kind view, std::string field) const {
    return {.user = ana.id,
            .at = {},
            .known_at = {},
            .last = {},
            .what = explain_selection{.view = view, .field = std::move(field)}};
  }
  json dashboard(const past_query& query) {
    const auto answer = tell(query);
    REQUIRE(answer.told);
    return json::parse(answer.told->views[0]);
  }

  /// A historian with other limits.
  historian_actor spawned(historian_limits limits) {
    return own(system.spawn<historian>(std::make_shared<const historian_services>(historian_services{
        .log = log, .time = time, .policy = {.rules = *make_default_classifier(shipped_rules())}, .limits = limits})));
  }
};

errc code(const past_answer& answer) {
  REQUIRE_FALSE(answer.told);
  return answer.told.error().code;
}

} // namespace

TEST_CASE_METHOD(fixture, "a view of the past is cut where it was, from what was known then or now") {
  import(ana, {payment("a", "-12.30", noon - std::chrono::days{2})});
  time->advance(std::chrono::hours{1});
  const auto before = time->now();
  time->advance(std::chrono::hours{1});
  import(ana, {payment("b", "-1.00", noon - std::chrono::days{2})});
  CHECK(dashboard(views())["pending_amount"] == 13.30);
  CHECK(dashboard(views(before))["pending_amount"] == 13.30);
  auto query = views(before);
  query.known_at = before;
  CHECK(dashboard(query)["pending_amount"] == 12.30);
  query = views(before);
  query.last = tell(views()).told->at;
  CHECK(dashboard(query)["pending_amount"] == 13.30);
  query.last = position{raw(*query.last) - 1};
  CHECK(dashboard(query)["pending_amount"] == 12.30);
  CHECK(tell(query).told->at == *query.last);
}

TEST_CASE_METHOD(fixture, "what is dated after a moment is no part of it, unless it is asked for") {
  import(ana, {payment("a", "-12.30", noon), payment("b", "-1.00", noon + std::chrono::hours{1})});
  time->advance(std::chrono::hours{2});
  const auto before = views(noon);
  auto whole = before;
  whole.later = true;
  // In turn, since the two share what is kept of the log.
  for (int round = 0; round < 2; ++round) {
    CHECK(dashboard(before)["pending_amount"] == 12.30);
    CHECK(dashboard(whole)["pending_amount"] == 13.30);
  }
  CHECK(dashboard(views())["pending_amount"] == 13.30);
  auto asked = why(view_kind::pending, "amount");
  const auto value = [&] { return json::parse("{" + tell(asked).told->explanation + "}")["value"]; };
  CHECK(value() == 13.30);
  asked.at = noon;
  CHECK(value() == 12.30);
  asked.later = true;
  CHECK(value() == 13.30);
}

TEST_CASE_METHOD(fixture, "an explanation contains what was committed before it was asked for") {
  for (int i = 1; i <= 3; ++i) {
    const auto done = import(ana, {payment(std::to_string(i), "-2.00")});
    const auto answer = tell(why(view_kind::dashboard, "pending_count"));
    REQUIRE(answer.told);
    CHECK(answer.told->at == done.at);
    CHECK(json::parse("{" + answer.told->explanation + "}")["value"] == i);
    CHECK(dashboard(views())["pending_count"] == i);
  }
}

TEST_CASE_METHOD(fixture, "nobody is told of another's payments") {
  import(bogdan, {payment("a", "-12.30")});
  CHECK(dashboard(views())["pending_count"] == 0);
  CHECK(json::parse("{" + tell(why(view_kind::pending, "amount")).told->explanation + "}")["count"] == 0);
}

TEST_CASE_METHOD(fixture, "before the first event there is nothing, and it is no error") {
  import(ana, {payment("a", "-12.30")});
  auto query = views(at("1999-01-01T00:00:00Z"));
  query.known_at = query.at;
  CHECK(dashboard(query)["pending_count"] == 0);
  CHECK(tell(query).told->at == log_start);
  query = views();
  query.last = log_start;
  CHECK(dashboard(query)["pending_count"] == 0);
}

TEST_CASE_METHOD(fixture, "what is to come is refused, as is a position that the log does not have") {
  auto query = views(noon + duration{1});
  CHECK(code(tell(query)) == errc::invalid_value);
  query = views();
  query.known_at = noon + duration{1};
  CHECK(code(tell(query)) == errc::invalid_value);
  query = views();
  query.last = next(log->head());
  CHECK(code(tell(query)) == errc::invalid_value);
  CHECK(dashboard(views(noon))["pending_count"] == 0);
}

TEST_CASE_METHOD(fixture, "too many questions are refused at once, of a user before those of all") {
  import(ana, {payment("a", "-12.30"), payment("b", "-1.00")});
  import(bogdan, {payment("a", "-12.30"), payment("b", "-1.00")});
  const auto slow = spawned({.questions_max = 3, .questions_per_user_max = 2, .slice_events = 1});
  auto of_bogdan = views();
  of_bogdan.user = bogdan.id;
  std::vector<std::shared_ptr<std::optional<past_answer>>> answers;
  for (const auto& query : {views(), views(), views(), of_bogdan, of_bogdan})
    answers.push_back(ask_later<past_answer>(slow, query));
  run();
  std::vector<bool> told;
  for (const auto& answer : answers)
    told.push_back((*answer)->told.has_value());
  CHECK(told == std::vector{true, true, false, true, false});
  CHECK(code(**answers[2]) == errc::overloaded);
  CHECK(code(**answers[4]) == errc::overloaded);
  CHECK(ask<past_answer>(slow, views()).told);
}

TEST_CASE_METHOD(fixture, "a short question does not wait for the end of a long one") {
  std::vector<transaction> rows;
  for (int i = 0; i < 50; ++i)
    rows.push_back(payment(std::to_string(i), "-1.00"));
  import(ana, rows);
  import(bogdan, {payment("a", "-12.30")});
  const auto slow = spawned({.slice_events = 10});
  auto brief = views();
  brief.user = bogdan.id;
  const auto of_ana = ask_later<past_answer>(slow, views());
  const auto of_bogdan = ask_later<past_answer>(slow, brief);
  while (!of_bogdan->has_value() && scheduler.try_run_once())
    CHECK_FALSE(of_ana->has_value());
  REQUIRE(of_bogdan->has_value());
  run();
  REQUIRE(of_ana->has_value());
  CHECK(json::parse((*of_ana)->told->views[0])["pending_count"] == 50);
}

TEST_CASE_METHOD(fixture,
                 "questions of one user share what is folded, whatever each needs and however they take turns") {
  std::vector<transaction> rows;
  for (int i = 0; i < 35; ++i)
    rows.push_back(payment(std::to_string(i), "-1.00"));
  import(ana, rows);
  const auto slow = spawned({.slice_events = 10});
  auto one = views();
  one.what = past_query::views{false, true, false, false};
  std::vector<std::shared_ptr<std::optional<past_answer>>> answers;
  for (const auto& query : {one, why(view_kind::dashboard, "pending_count"), views()})
    answers.push_back(ask_later<past_answer>(slow, query));
  run();
  CHECK(json::parse((*answers[0])->told->views[1]).size() == 20);
  CHECK(json::parse("{" + (*answers[1])->told->explanation + "}")["count"] == 35);
  CHECK(json::parse((*answers[2])->told->views[0])["pending_count"] == 35);
  CHECK((*answers[0])->told->at == (*answers[2])->told->at);
}

TEST_CASE_METHOD(fixture, "a position shows what was there then, whatever others have asked for meanwhile") {
  std::vector<position> after;
  for (int i = 1; i <= 30; ++i)
    after.push_back(import(ana, {payment(std::to_string(i), "-1.00")}).at);
  const auto slow = spawned({.slice_events = 7});
  const auto upto = [this](position last) {
    auto query = why(view_kind::pending, "count");
    query.last = last;
    return query;
  };
  const auto early = ask_later<past_answer>(slow, upto(after[19]));
  const auto whole = ask_later<past_answer>(slow, why(view_kind::pending, "count"));
  const auto earlier = ask_later<past_answer>(slow, upto(after[9]));
  run();
  const auto check = [&](const past_answer& answer, std::size_t count) {
    CHECK(json::parse("{" + answer.told->explanation + "}")["value"] == count);
    CHECK(answer.told->at == after[count - 1]);
  };
  check(**early, 20);
  check(**whole, 30);
  check(**earlier, 10);
  for (const std::size_t count : std::vector<std::size_t>{30, 5, 30, 29})
    check(ask<past_answer>(slow, upto(after[count - 1])), count);
}

TEST_CASE_METHOD(fixture, "what is forgotten, for lack of room or for idleness, is folded again") {
  import(ana, {payment("a", "-12.30")});
  import(bogdan, {payment("a", "-1.00")});
  const auto small = spawned({.kept_events_max = 1});
  auto other = views();
  other.user = bogdan.id;
  for (int i = 0; i < 3; ++i) {
    CHECK(json::parse(ask<past_answer>(small, views()).told->views[0])["pending_amount"] == 12.30);
    CHECK(json::parse(ask<past_answer>(small, other).told->views[0])["pending_amount"] == 1.00);
    time->advance(std::chrono::minutes{2});
    caf::anon_send(small, tick{});
    run();
  }
}

TEST_CASE_METHOD(fixture, "new rules hold for questions that wait too") {
  import(ana, {payment("a", "-12.30", noon, "Starbucks")});
  const auto slow = spawned({.slice_events = 1});
  const auto asked = ask_later<past_answer>(slow, views());
  caf::anon_send(slow, policies_changed{{}, {.rules = make_moneymanager_classifier(), .moneymanager = true}});
  run();
  CHECK_FALSE(json::parse((*asked)->told->views[0]).contains("currency"));
}

} // namespace btpay
