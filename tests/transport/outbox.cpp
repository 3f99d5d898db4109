#include "transport/outbox.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace btpay;

namespace {

shared_bytes text(std::string what) { return std::make_shared<const std::string>(std::move(what)); }

std::vector<std::string> taken_from(outbox& box) {
  std::vector<std::string> all;
  while (!box.empty())
    all.push_back(*box.pop());
  return all;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("an outbox gives back what it got, in order") {
  outbox box;
  CHECK(box.empty());
  box.push(text("a"), conflation::none);
  box.push(text("b"), conflation::dashboard);
  box.push(text("c"), conflation::none);
  CHECK(box.bytes() == 3);
  CHECK(taken_from(box) == texts{"a", "b", "c"});
  CHECK(box.bytes() == 0);
}

TEST_CASE("a newer view takes the place of the queued one of its kind") {
  outbox box;
  CHECK_FALSE(box.push(text("dashboard 1"), conflation::dashboard));
  CHECK_FALSE(box.push(text("pending 1"), conflation::pending));
  CHECK(box.push(text("dashboard 2"), conflation::dashboard));
  CHECK(taken_from(box) == texts{"dashboard 2", "pending 1"});
}

TEST_CASE("a newer view does not overtake the answer that was queued before it") {
  outbox box;
  box.push(text("dashboard 1"), conflation::dashboard);
  box.push(text("result"), conflation::none);
  CHECK(box.push(text("dashboard 2"), conflation::dashboard));
  CHECK(taken_from(box) == texts{"result", "dashboard 2"});
}

TEST_CASE("deltas wait one behind the other, and a whole view replaces them all") {
  outbox box;
  box.push_delta(text("pending delta 1"), conflation::pending);
  box.push_delta(text("hourly delta"), conflation::hourly);
  box.push_delta(text("pending delta 2"), conflation::pending);
  CHECK(taken_from(box) == texts{"pending delta 1", "hourly delta", "pending delta 2"});
  box.push_delta(text("pending delta 1"), conflation::pending);
  box.push_delta(text("hourly delta"), conflation::hourly);
  box.push_delta(text("pending delta 2"), conflation::pending);
  CHECK(box.push(text("pending"), conflation::pending) == 2);
  CHECK(taken_from(box) == texts{"pending", "hourly delta"});
}

TEST_CASE("a whole view goes behind the answer that waits between the deltas it replaces") {
  outbox box;
  box.push_delta(text("delta 1"), conflation::pending);
  box.push(text("answer"), conflation::none);
  box.push_delta(text("delta 2"), conflation::pending);
  box.push(text("dashboard"), conflation::dashboard);
  CHECK(box.push(text("pending"), conflation::pending) == 2);
  CHECK(taken_from(box) == texts{"answer", "pending", "dashboard"});
}

TEST_CASE("what is dropped of a view is neither sent nor counted") {
  outbox box;
  box.push(text("answer"), conflation::none);
  box.push_delta(text("delta"), conflation::pending);
  CHECK(box.drop(conflation::pending) == 1);
  CHECK(box.bytes() == 6);
  CHECK(box.drop(conflation::pending) == 0);
  CHECK(taken_from(box) == texts{"answer"});
}

TEST_CASE("answers are never replaced") {
  outbox box;
  CHECK_FALSE(box.push(text("answer"), conflation::none));
  CHECK_FALSE(box.push(text("answer"), conflation::none));
  CHECK(taken_from(box) == texts{"answer", "answer"});
}

TEST_CASE("whatever is queued, the newest view of each kind and every answer come out, oldest first") {
  BTPAY_SEEDED(random);
  outbox box;
  std::vector<std::pair<std::string, conflation>> model; // no conflation: what a fast client would get
  texts got;
  const auto bytes_of_model = [&] {
    std::size_t sum = 0;
    for (const auto& [message, kind] : model)
      sum += message.size();
    return sum;
  };
  for (int step = 0; step < 5'000; ++step) {
    if (random() % 3 != 0 || box.empty()) {
      const auto kind = static_cast<conflation>(random() % 6);
      const auto message = std::to_string(step) + std::string(random() % 9, '.');
      // The model says it in other words: drop the older one; go where it was if only views follow, else last.
      const auto same = [&](const auto& each) { return kind != conflation::none && each.second == kind; };
      const auto older = std::find_if(model.begin(), model.end(), same);
      const bool replaces = older != model.end();
      const bool answer_after =
          std::any_of(older, model.end(), [](const auto& each) { return each.second == conflation::none; });
      if (replaces && !answer_after) {
        older->first = message;
      } else {
        if (replaces)
          model.erase(older);
        model.emplace_back(message, kind);
      }
      REQUIRE(box.push(text(message), kind) == replaces);
    } else {
      REQUIRE(*box.pop() == model.front().first);
      model.erase(model.begin());
    }
    REQUIRE(box.bytes() == bytes_of_model());
    REQUIRE(box.empty() == model.empty());
  }
}
