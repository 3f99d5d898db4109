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
  REQUIRE(store->write_part(begun->number, 1, {view_of(256, 3, "z")}));
  CHECK_FALSE(store->go_live(begun->number));
  CHECK((*store->unfinished())->done == std::vector<std::uint32_t>{1});
  CHECK(text_of(*store, 256, 3) == "(none)");
  store.reset();
  store = open(dir);
  REQUIRE(store->write_part(begun->number, 0, {view_of(1, 0, "a"), view_of(2, 0, "b")}));
  REQUIRE(store->go_live(begun->number));
  CHECK_FALSE(*store->unfinished());
  CHECK((*store->live())->at == position{300});
  CHECK(text_of(*store, 256, 3) == "z");
  CHECK(text_of(*store, 2, 0) == "b");
  CHECK(text_of(*store, 2, 1) == "(none)");
}

TEST_CASE("a generation that is begun anew forgets what the unfinished one had") {
  const temp_dir dir;
  const auto store = open(dir);
  const auto first = store->begin(whole(2));
  REQUIRE(store->write_part(first->number, 0, {view_of(1, 0, "a")}));
  const auto second = store->begin(whole(1));
  REQUIRE(store->write_part(second->number, 0, {view_of(2, 0, "b")}));
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
