#include "storage/view_store.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace btpay;
using namespace btpay::testing;

namespace {

std::unique_ptr<view_store> open(const temp_dir& dir, view_store::use how = view_store::use::build) {
  auto opened = view_store::open(dir.path(), how);
  if (!opened)
    FAIL(opened.error().message);
  return std::move(*opened);
}

stored_view view_of(std::uint64_t user, std::uint8_t kind, std::string data) {
  stored_view view;
  view.kind = kind;
  view.user = user_id{user};
  view.at = position{user};
  view.good_until = end_of_time;
  view.code = 77;
  view.data = std::move(data);
  return view;
}

view_generation whole(std::uint32_t parts) {
  view_generation one;
  one.epoch = "epoch";
  one.at = position{300};
  one.kinds = 15;
  one.parts = parts;
  return one;
}

void build_part(view_store& store, std::uint64_t generation, std::uint32_t part,
                const std::vector<stored_view>& views) {
  REQUIRE(store.write(generation, views));
  REQUIRE(store.finish_part(generation, part));
}

std::string text_of(const view_store& store, std::uint64_t user, std::uint8_t kind) {
  const auto found = store.find(kind, user_id{user});
  REQUIRE(found);
  return *found ? (**found).data : "(none)";
}

} // namespace

TEST_CASE("a generation answers when all of its parts are done and it is made live") {
  const temp_dir dir;
  auto store = open(dir);
  CHECK_FALSE(*store->live());
  CHECK_FALSE(*store->unfinished());
  const auto begun = store->begin(whole(2));
  REQUIRE(begun);
  build_part(*store, begun->number, 1, {view_of(256, 3, "z")});
  CHECK_FALSE(store->go_live(begun->number));
  CHECK((*store->unfinished())->done == std::vector<std::uint32_t>{1});
  CHECK(text_of(*store, 256, 3) == "(none)");
  store.reset();
  store = open(dir);
  build_part(*store, begun->number, 0, {view_of(1, 0, "a"), view_of(2, 0, "b")});
  REQUIRE(store->go_live(begun->number));
  CHECK_FALSE(*store->unfinished());
  CHECK((*store->live())->at == position{300});
  CHECK(text_of(*store, 256, 3) == "z");
  CHECK(text_of(*store, 2, 0) == "b");
  CHECK(text_of(*store, 2, 1) == "(none)");
}

TEST_CASE("what a builder wrote of a part before it died is written again") {
  const temp_dir dir;
  auto store = open(dir);
  const auto begun = store->begin(whole(1));
  REQUIRE(store->write(begun->number, {view_of(1, 0, "a")}));
  store.reset();
  store = open(dir);
  CHECK((*store->unfinished())->done.empty());
  CHECK_FALSE(store->go_live(begun->number));
  REQUIRE(store->write(begun->number, {view_of(1, 0, "a")}));
  REQUIRE(store->write(begun->number, {view_of(2, 0, "b")}));
  REQUIRE(store->finish_part(begun->number, 0));
  REQUIRE(store->go_live(begun->number));
  CHECK(text_of(*store, 1, 0) == "a");
  CHECK(text_of(*store, 2, 0) == "b");
}

TEST_CASE("a generation that is begun anew forgets what the unfinished one had") {
  const temp_dir dir;
  const auto store = open(dir);
  const auto first = store->begin(whole(2));
  build_part(*store, first->number, 0, {view_of(1, 0, "a")});
  const auto second = store->begin(whole(1));
  build_part(*store, second->number, 0, {view_of(2, 0, "b")});
  REQUIRE(store->go_live(second->number));
  CHECK(text_of(*store, 1, 0) == "(none)");
  CHECK(text_of(*store, 2, 0) == "b");
}

TEST_CASE("one process builds, others read beside it") {
  const temp_dir dir;
  const auto store = open(dir);
  const auto second = view_store::open(dir.path(), view_store::use::build);
  CHECK_FALSE(second);
}

TEST_CASE("a store that is not there cannot be read") {
  const temp_dir dir;
  CHECK_FALSE(view_store::open(dir.path() / "missing", view_store::use::read));
}

TEST_CASE("views are put into the live generation, beside one that is being built") {
  const temp_dir dir;
  const auto store = open(dir, view_store::use::serve);
  const auto lock = store->claim_building();
  REQUIRE(lock);
  const auto first = store->begin(whole(1));
  REQUIRE(first);
  CHECK(store->put("epoch", {view_of(1, 0, "early")}) == 0); // The first generation is on its way.
  CHECK_FALSE(*store->live());
  build_part(*store, first->number, 0, {view_of(1, 0, "a"), view_of(2, 0, "b")});
  REQUIRE(store->go_live(first->number));
  CHECK(store->put("epoch", {view_of(1, 0, "A"), view_of(3, 1, "c")}) == 2);

  const auto second = store->begin(whole(2));
  REQUIRE(second);
  build_part(*store, second->number, 0, {view_of(1, 0, "new")});
  CHECK(store->put("epoch", {view_of(2, 0, "B")}) == 1);
  CHECK(text_of(*store, 1, 0) == "A");
  CHECK(text_of(*store, 2, 0) == "B");
  CHECK((*store->unfinished())->done == std::vector<std::uint32_t>{0});
  build_part(*store, second->number, 1, {});
  REQUIRE(store->go_live(second->number));
  CHECK(text_of(*store, 1, 0) == "new");
  CHECK(text_of(*store, 2, 0) == "(none)"); // What was put since it began is folded when it is asked for.
  CHECK(store->put("epoch", {view_of(2, 0, "C")}) == 1);
  CHECK(text_of(*store, 2, 0) == "C");
  REQUIRE(store->roll_back());
  CHECK(text_of(*store, 2, 0) == "B");
  CHECK(store->put("epoch", {view_of(2, 0, "D")}) == 1);
  CHECK(text_of(*store, 2, 0) == "D");
}

TEST_CASE("the first put makes a generation of which nobody says that it is whole") {
  const temp_dir dir;
  const auto store = open(dir, view_store::use::serve);
  CHECK(store->put("epoch", {view_of(1, 0, "a")}) == 1);
  const auto live = *store->live();
  REQUIRE(live);
  CHECK(live->is_complete());
  CHECK(live->epoch == "epoch");
  CHECK(live->everybody_at[0] == log_start);
  CHECK(live->code[0] == 0);
  CHECK(text_of(*store, 1, 0) == "a");
}

TEST_CASE("views of another log are neither found nor mixed with those that are put") {
  const temp_dir dir;
  const auto store = open(dir, view_store::use::serve);
  REQUIRE(store->put("epoch", {view_of(1, 0, "a"), view_of(2, 0, "b")}));
  CHECK(*store->find(0, user_id{1}, "epoch"));
  CHECK_FALSE(*store->find(0, user_id{1}, "another"));
  CHECK(store->put("another", {view_of(2, 0, "B")}) == 1);
  CHECK(text_of(*store, 1, 0) == "(none)");
  CHECK((*store->find(0, user_id{2}, "another"))->data == "B");
  REQUIRE(store->roll_back());
  CHECK(text_of(*store, 2, 0) == "b");
}

TEST_CASE("a view that is put does not take the place of one that contains more") {
  const temp_dir dir;
  const auto store = open(dir, view_store::use::serve);
  auto newer = view_of(1, 0, "newer");
  newer.at = position{9};
  REQUIRE(store->put("epoch", {newer}));
  CHECK(store->put("epoch", {view_of(1, 0, "older")}) == 0);
  CHECK(text_of(*store, 1, 0) == "newer");
  auto of_other_code = view_of(1, 0, "other code");
  of_other_code.code = 78;
  CHECK(store->put("epoch", {of_other_code}) == 1);
  CHECK(text_of(*store, 1, 0) == "other code");
}

TEST_CASE("one who serves builds only while nobody else does") {
  const temp_dir dir;
  const auto store = open(dir, view_store::use::serve);
  {
    const auto lock = store->claim_building();
    REQUIRE(lock);
    const auto second = store->claim_building();
    REQUIRE_FALSE(second);
    CHECK_THAT(second.error().message, Catch::Contains("wait until that is done"));
  }
  CHECK(store->claim_building());
}
