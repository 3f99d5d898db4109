/// Views that are kept and served: always those of the log.

#include "actors/keeper.hpp"
#include "actors/projector.hpp"
#include "tests/support/forwarding_log.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::array all_views{view_kind::dashboard, view_kind::pending, view_kind::hourly, view_kind::categories};
constexpr std::array<std::uint64_t, view_kinds> codes{11, 12, 13, 14};

/// Counts how often a user's events are read.
class counting_log final : public forwarding_log {
public:
  using forwarding_log::forwarding_log;

  result<void> read_user_until(user_id user, position after, position last, const event_visitor& visit) const override {
    ++reads;
    if (unreadable)
      return refuse(errc::corrupt_record, "planted");
    return forwarding_log::read_user_until(user, after, last, visit);
  }

  mutable int reads = 0;
  bool unreadable = false;
};

/// A service over a store of views, whose projectors may be ended and begun.
struct fixture : service_fixture {
  std::shared_ptr<counting_log> counting = std::make_shared<counting_log>(log);
  std::shared_ptr<view_store> store = open_store();
  std::shared_ptr<view_counts> counts = std::make_shared<view_counts>();
  keeper_actor keeping = own(system.spawn<keeper>(store, std::string(log->epoch()), counts, keeper_limits{}));
  view_policy policy{.rules = *make_default_classifier(shipped_rules())};

  std::shared_ptr<view_store> open_store() {
    auto opened = view_store::open(directory.path() / "views", view_store::use::serve);
    REQUIRE(opened);
    return std::move(*opened);
  }

  ~fixture() { keeping = nullptr; }

  projector_actor begin(view_kind kind, std::array<std::uint64_t, view_kinds> of = codes, bool with_store = true) {
    const auto made = own(spawn_projector(
        system, unit, kind,
        std::make_shared<const projector_services>(projector_services{.log = counting,
                                                                      .time = time,
                                                                      .policy = policy,
                                                                      .epoch = wire_epoch(log->epoch()),
                                                                      .stored = with_store ? store : nullptr,
                                                                      .keeper = with_store ? keeping : keeper_actor{},
                                                                      .counts = counts,
                                                                      .codes = of})));
    caf::anon_send(writer, listen{made});
    run();
    return made;
  }

  /// As a clean stop does.
  void end(const projector_actor& whom) {
    ask<drained>(whom, drain{});
    ask<drained>(keeping, drain{});
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
    run();
  }

  std::string data(const projector_actor& whom, const account& who) {
    const auto frame = ask<view_frame>(whom, view_query{who.id, true});
    return frame.message ? *frame.message : "(none)";
  }

  std::string folded(view_kind kind, const account& who) { return data(begin(kind, codes, false), who); }

  stored_view kept(view_kind kind, const account& who) const {
    const auto found = store->find(static_cast<std::uint8_t>(kind), who.id);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }

  void plant(stored_view wrong) { REQUIRE(store->put(log->epoch(), {std::move(wrong)})); }

  /// What ana's view is, kept.
  std::string keep(view_kind kind) {
    import(ana, {payment("a", "-1.00"), payment("b", "-2.00")});
    const auto projector = begin(kind);
    auto text = data(projector, ana);
    end(projector);
    counting->reads = 0;
    return text;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a view that was kept is served by the next start without a fold") {
  for (const auto kind : all_views) {
    const auto before = keep(kind);
    const auto projector = begin(kind);
    CHECK(data(projector, ana) == before);
    CHECK(data(projector, ana) == before);
    CHECK(counting->reads == 0);
    CHECK(data(projector, bogdan) == folded(kind, bogdan));
  }
  CHECK(counts->served == all_views.size());
}

TEST_CASE_METHOD(fixture, "a view that is forgotten is kept, and one that changes is from time to time") {
  import(ana, {payment("a", "-1.00")});
  const auto projector = begin(view_kind::pending);
  const auto tick_all = [&] {
    for (std::size_t i = 0; i < projector_slices; ++i)
      caf::anon_send(projector, tick{});
    run();
    caf::anon_send(keeping, tick{});
    run();
  };
  data(projector, ana);
  tick_all();
  CHECK(kept(view_kind::pending, ana).at == *log->head_of(ana.id));
  CHECK(counts->kept == 1);
  tick_all();
  CHECK(counts->kept == 1);
  import(ana, {payment("b", "-1.00")});
  data(projector, ana);
  tick_all();
  CHECK(counts->kept == 1); // Not within the minute.
  time->advance(keep_pause);
  tick_all();
  CHECK(counts->kept == 2);
  import(ana, {payment("c", "-1.00")}); // Not even rendered.
  time->advance(2min);
  tick_all();
  CHECK(counts->kept == 3);
  CHECK(kept(view_kind::pending, ana).data == folded(view_kind::pending, ana));
  counting->reads = 0;
  data(projector, ana);
  CHECK(counting->reads == 0);
}

TEST_CASE_METHOD(fixture, "a stored view that may not be what the log gives is not served") {
  const auto kind = view_kind::dashboard;
  keep(kind);
  auto wrong = kept(kind, ana);
  wrong.data = "{\"pending_count\":77}";
  auto of = codes;
  const std::string why =
      GENERATE("nothing is wrong", "other code", "no code", "events since", "a place that is not there",
               "its time is over", "its time has not come", "another log");
  CAPTURE(why);
  if (why == "other code")
    of[0] = 99;
  else if (why == "no code")
    of[0] = 0;
  else if (why == "events since")
    import(ana, {payment("c", "-1.00")});
  else if (why == "a place that is not there")
    wrong.at = next(wrong.at);
  else if (why == "its time is over")
    time->set(wrong.good_until);
  else if (why == "its time has not come")
    time->set(wrong.time - 1s);
  plant(wrong);
  if (why == "another log")
    REQUIRE(store->put("another", {wrong}));
  const bool served = why == "nothing is wrong";
  const auto projector = begin(kind, of);
  CHECK((data(projector, ana) == wrong.data) == served);
  CHECK((data(projector, ana) == folded(kind, ana)) == !served);
}

TEST_CASE_METHOD(fixture, "what sleeps wakes for more than its bytes, to the same bytes") {
  for (const auto kind : all_views) {
    const auto before = keep(kind);
    const auto projector = begin(kind);
    CHECK(data(projector, ana) == before);
    const auto whole = ask<view_frame>(projector, view_query{ana.id, false, {.positioned = true}});
    CHECK(counting->reads == 1);
    CHECK(data(projector, ana) == before);
    const auto fresh = begin(kind, codes, false);
    CHECK(*whole.message == *ask<view_frame>(fresh, view_query{ana.id, false, {.positioned = true}}).message);
  }
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "an event wakes what is watched and is folded; what is not watched is forgotten") {
  for (const auto kind : all_views) {
    keep(kind);
    const auto projector = begin(kind);
    data(projector, ana);
    SECTION("watched " + std::string(to_string(kind))) {
      const auto socket = std::make_shared<fake_connection>();
      const auto session = open(session_kind::live, ana, socket);
      run();
      caf::anon_send(projector, watch{ana.id, session});
      run();
      CHECK(counting->reads == 0);
    }
    import(ana, {payment("late " + std::string(to_string(kind)), "-3.00")});
    CHECK(data(projector, ana) == folded(kind, ana));
  }
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "what sleeps wakes when its time is over") {
  keep(view_kind::dashboard);
  const auto projector = begin(view_kind::dashboard);
  data(projector, ana);
  time->set(kept(view_kind::dashboard, ana).good_until);
  CHECK(data(projector, ana) == folded(view_kind::dashboard, ana));
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "a wrong stored view is found when it wakes, and those who watch get the right one") {
  keep(view_kind::pending);
  const auto right = folded(view_kind::pending, ana);
  auto wrong = kept(view_kind::pending, ana);
  wrong.data = "[]";
  plant(wrong);
  const auto projector = begin(view_kind::pending);
  CHECK(data(projector, ana) == "[]");
  ask<view_frame>(projector, view_query{ana.id, false, {.positioned = true}});
  CHECK(counts->wrong == 1);
  CHECK(data(projector, ana) == right);
  end(projector);
  CHECK(kept(view_kind::pending, ana).data == right);
}

TEST_CASE_METHOD(fixture, "a view that cannot be folded any more is not served for longer than it is good") {
  keep(view_kind::pending);
  const auto projector = begin(view_kind::pending);
  data(projector, ana);
  counting->unreadable = true;
  ask<view_frame>(projector, view_query{ana.id, false, {.positioned = true}});
  CHECK(data(projector, ana) == "(none)");
  counting->unreadable = false;
  CHECK(data(projector, ana) == folded(view_kind::pending, ana));
}

TEST_CASE_METHOD(fixture, "new rules wake what sleeps, and what they give is kept as theirs") {
  import(ana, {payment("z", "-5.00", noon, "BT Pay - Zyxw")});
  keep(view_kind::pending);
  const auto projector = begin(view_kind::pending);
  const auto before = data(projector, ana);
  std::string text{shipped_rules()};
  const auto words = text.find("\"words\"");
  REQUIRE(words != std::string::npos);
  text.insert(text.find('[', words) + 1, "\"zyxw\",");
  policy.rules = *make_default_classifier(text);
  policies_changed news{{.rules = policy.rules}, policy};
  news.codes = {21, 22, 23, 24};
  caf::anon_send(projector, news);
  run();
  const auto after = data(projector, ana);
  CHECK(after != before);
  CHECK(after == folded(view_kind::pending, ana));
  end(projector);
  CHECK(kept(view_kind::pending, ana).code == 22);
  CHECK(kept(view_kind::pending, ana).data == after);
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "with kept views and without them, whatever happens and whenever it stops, it is the same") {
  BTPAY_SEEDED(random);
  std::array<projector_actor, view_kinds> projectors;
  const auto begin_all = [&] {
    for (const auto kind : all_views)
      projectors[static_cast<std::size_t>(kind)] = begin(kind);
  };
  begin_all();
  for (int round = 0; round < 60; ++round) {
    for (auto n = random() % 3; n > 0; --n) {
      auto row = payment(std::to_string(random() % 30), "-" + std::to_string(random() % 900 + 1) + ".05");
      row.date = time->now() - std::chrono::minutes{random() % 3000};
      import(random() % 3 ? ana : bogdan, {row});
    }
    time->advance(std::chrono::minutes{random() % 2 ? random() % 3 : random() % 900});
    if (random() % 2)
      for (auto& each : projectors)
        for (std::size_t i = 0; i < projector_slices; ++i)
          caf::anon_send(each, tick{});
    if (random() % 2)
      caf::anon_send(keeping, tick{});
    run();
    if (random() % 3 == 0) {
      for (auto& each : projectors)
        if (random() % 2)
          end(each);
        else
          caf::anon_send_exit(each, caf::exit_reason::kill);
      run();
      begin_all();
    }
    for (const auto kind : all_views)
      for (const auto& who : {ana, bogdan})
        if (random() % 3)
          CHECK(data(projectors[static_cast<std::size_t>(kind)], who) == folded(kind, who));
  }
  CHECK(counts->served > 0);
  CHECK(counts->wrong == 0);
}

TEST_CASE_METHOD(fixture, "what cannot be written is dropped, and everything is served as before") {
  store->put("other", {});
  const auto held = store->begin({.epoch = "other", .parts = 2}); // Nothing is put while it is being built.
  REQUIRE(held);
  import(ana, {payment("a", "-1.00")});
  const auto projector = begin(view_kind::pending);
  const auto before = data(projector, ana);
  end(projector);
  CHECK(counts->kept == 0);
  CHECK(data(begin(view_kind::pending), ana) == before);
}

} // namespace btpay
