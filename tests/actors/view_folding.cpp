#include "actors/view_folding.hpp"

#include "projections/pending_view.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace btpay {

namespace {

using namespace testing;

constexpr user_id ana{1};

struct fixture {
  using view = projected_view<pending_view>;

  void append(const std::string& id) {
    new_events more{ana, *log->head_of(ana), {transaction_imported{payment(id, "-1.00")}}};
    REQUIRE(log->append(std::array{std::move(more)}, noon));
  }

  view fresh() const { return view{folding.rules()}; }

  /// The view as a fold of the whole log shows it.
  view folded() const {
    auto made = fresh();
    REQUIRE(folding.catch_up(ana, made));
    folding.refresh(made, noon);
    return made;
  }

  /// A view as it is stored at the end of the log.
  view asleep_as(std::string data) const {
    auto made = fresh();
    made.sleep_as({.user = ana, .at = *log->head_of(ana), .time = noon, .good_until = end_of_time, .data = data});
    return made;
  }

  std::shared_ptr<event_log> log = make_memory_event_log();
  std::shared_ptr<view_counts> counts = std::make_shared<view_counts>();
  meter rendered;
  view_folding<pending_view> folding{
      {log, nullptr, counts}, {.rules = *make_default_classifier(shipped_rules())}, {1, 2, 3, 4}, rendered};
};

using woken = view_folding<pending_view>::woken;

} // namespace

TEST_CASE_METHOD(fixture, "a view tells what it was before only where it shows something else now") {
  append("a");
  auto of = fresh();
  REQUIRE(folding.catch_up(ana, of));
  const auto first = folding.refresh(of, noon);
  REQUIRE(first);
  CHECK_FALSE(first->before.data);
  CHECK_FALSE(folding.refresh(of, noon));
  CHECK(rendered.read() == 1);
  const auto shown = of.shown;
  append("b");
  REQUIRE(folding.catch_up(ana, of));
  const auto second = folding.refresh(of, noon);
  REQUIRE(second);
  CHECK(second->before.same_as(shown));
  CHECK(raw(second->previous) == 1);
  CHECK(raw(of.told) == 2);
}

TEST_CASE_METHOD(fixture, "what sleeps wakes as it was stored where that is what the log gives") {
  append("a");
  auto of = asleep_as(*folded().shown.data);
  CHECK(folding.wake(ana, of) == woken::as_stored);
  CHECK_FALSE(of.asleep);
  CHECK(of.shown.same_as(folded().shown));
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "what sleeps is corrected where it is not what the log gives") {
  append("a");
  auto of = asleep_as("[]");
  CHECK(folding.wake(ana, of) == woken::corrected);
  CHECK(counts->wrong == 1);
  const auto change = folding.refresh(of, noon);
  REQUIRE(change);
  CHECK(*change->before.data == "[]");
  CHECK(of.shown.same_as(folded().shown));
}

TEST_CASE_METHOD(fixture, "what sleeps by rules that were in force before is no fault of the store") {
  append("a");
  auto of = asleep_as("[]");
  folding.take_policy(folding.rules().policy, {5, 6, 7, 8});
  CHECK_FALSE(folding.may_be_kept(of));
  CHECK(folding.wake(ana, of) == woken::corrected);
  CHECK(folding.may_be_kept(of));
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "an older state of a view is recalled, one that is not yet there is not") {
  append("a");
  const auto old = folded();
  append("b");
  auto of = folded();
  const auto change = folding.recall(ana, of, {old.at, noon}, noon);
  REQUIRE(change);
  CHECK(change->before.same_as(old.shown));
  CHECK(change->previous == old.at);
  CHECK_FALSE(folding.recall(ana, of, {next(of.at), noon}, noon));
  CHECK_FALSE(folding.recall(ana, of, {old.at, noon - recalled_age_max - std::chrono::seconds{1}}, noon));
}

} // namespace btpay
