#include "actors/live_session.hpp"
#include "projections/canonical.hpp"
#include "tests/projections/delta_fold.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;
using types = std::vector<std::string>;

std::optional<view_kind> view_of(const std::string& type) {
  for (const auto& [begin, view] :
       std::initializer_list<std::pair<std::string_view, view_kind>>{{"dashboard_", view_kind::dashboard},
                                                                     {"pending_", view_kind::pending},
                                                                     {"hourly_", view_kind::hourly},
                                                                     {"category_", view_kind::categories}})
    if (type.starts_with(begin))
      return view;
  return std::nullopt;
}

/// A client as docs/PROTOCOL.md tells it to be.
struct folding_client {
  struct kept {
    json data, count, amount, seq, timestamp;
  };
  std::map<view_kind, kept> views;
  std::set<std::uint64_t> unread;
  std::uint64_t notified = 0;
  std::string epoch;
  int hashes = 0;
  int deltas = 0;
  json last_subscribed;

  void take(const json& message) {
    const std::string type = message.at("type");
    if (type == "subscribed") {
      epoch = message.at("epoch");
      last_subscribed = message;
    } else if (type == "notification") {
      REQUIRE(unread.insert(message.at("id").get<std::uint64_t>()).second);
      REQUIRE(message.at("seq") > notified);
      notified = message.at("seq");
    } else if (type == "notification_cleared") {
      unread.erase(message.at("id").get<std::uint64_t>());
      notified = message.at("seq");
    } else if (const auto view = view_of(type)) {
      take_view(*view, type.ends_with("_delta"), message);
    }
  }

  void take_view(view_kind view, bool is_delta, const json& message) {
    auto& mine = views[view];
    if (is_delta) {
      REQUIRE(message.at("prev") == mine.seq);
      fold_delta(view, mine.data, message);
      ++deltas;
      if (message.contains("hash")) {
        ++hashes;
        REQUIRE(message.at("hash") == view_hash(mine.data.dump()));
      }
    } else {
      mine.data = message.at("data");
    }
    mine.seq = message.at("seq");
    mine.timestamp = message.at("timestamp");
    if (view == view_kind::pending) {
      mine.count = message.at("count");
      mine.amount = message.at("amount");
    }
  }

  std::string resume() const {
    json from{{"epoch", epoch}, {"seq", notified}, {"views", json::object()}};
    for (const auto& [view, mine] : views)
      from["views"][std::string(to_string(view))] = {{"seq", mine.seq}, {"timestamp", mine.timestamp}};
    return json{{"command", "subscribe"}, {"deltas", true}, {"resume", from}}.dump();
  }
};

struct fixture : service_fixture {
  std::shared_ptr<fake_connection> socket = std::make_shared<fake_connection>();
  session_actor session;
  folding_client client;

  void connect(std::string_view protocol = {}) {
    socket = std::make_shared<fake_connection>();
    const auto services =
        std::make_shared<const session_services>(session_services{actors, time, {}, wire_epoch(log->epoch()), log});
    session_grant grant{session_kind::live, ana};
    grant.protocol = protocol;
    grant.silent = true;
    session = own(make_session_opener(system, services)(unit, socket, grant));
    run();
  }
  void ask_for(std::string text) {
    say(session, std::move(text));
    run();
  }
  void disconnect() {
    caf::anon_send(session, peer_closed{});
    run();
  }
  void fold_what_came() {
    for (const auto& frame : std::exchange(socket->sent, {}))
      client.take(json::parse(frame.text));
  }
  json view(view_kind kind) {
    const auto frame = ask<view_frame>(actors->projector(kind, ana.id), view_query{ana.id, true});
    return json::parse(*frame.message);
  }
  void check_client() {
    for (const auto kind : all_views)
      REQUIRE(client.views[kind].data == view(kind));
    fold_what_came(); // Asking may have moved a window.
  }
  /// Lets the time pass that `interval_ms` names.
  void end_interval() {
    run();
    scheduler.trigger_timeouts();
    run();
  }
  /// So many that a delta is shorter than the whole view, which would go in its place.
  void fill() {
    for (int i = 0; i < 10; ++i)
      import(ana, {payment("old-" + std::to_string(i), "-7.00")});
  }
  void notify_ana(std::string message) {
    notification_posted what;
    what.message = std::move(message);
    ask<commanded>(actors->users(ana.id), user_command{ana.id, post_notification{what}});
  }
};

const std::string subscribe_deltas = R"({"command":"subscribe","deltas":true,"ref":"s1"})";

} // namespace

TEST_CASE_METHOD(fixture, "a silent socket says nothing until it is asked") {
  connect();
  import(ana, {payment("a", "-1.00")});
  pass_five_seconds();
  CHECK(socket->sent.empty());
  ask_for(R"({"command":"ping"})");
  CHECK(socket->types() == types{"pong"});
}

TEST_CASE_METHOD(fixture, "subscribe is answered with the views and then what is unread") {
  import(ana, {payment("a", "-12.30")});
  notify_ana("hello");
  connect();
  ask_for(subscribe_deltas);
  const auto first = json::parse(socket->sent.at(0).text);
  CHECK(first["recovered"] == false);
  CHECK(first["ref"] == "s1");
  CHECK(first["epoch"].get<std::string>().size() == 12);
  const auto pending = json::parse(socket->sent.at(2).text);
  CHECK(pending["count"] == 1);
  CHECK(pending["amount"] == 12.3);
  CHECK(pending["epoch"] == first["epoch"]);
  CHECK(socket->types() ==
        types{"subscribed", "dashboard_update", "pending_update", "hourly_update", "category_update", "notification"});
  pass_five_seconds();
  CHECK(socket->sent.empty()); // Level 2 has no periodic messages.
}

TEST_CASE_METHOD(fixture, "only what is named comes") {
  connect();
  ask_for(R"({"command":"subscribe","views":["pending"]})");
  CHECK(socket->types() == types{"subscribed", "pending_update"});
  import(ana, {payment("a", "-1.00")});
  notify_ana("hello");
  CHECK(socket->types() == types{"pending_update"});
  ask_for(R"({"command":"subscribe","views":["radio"]})");
  CHECK(socket->types() == types{"error"});
}

TEST_CASE_METHOD(fixture, "a greeted client that subscribes hears no more of level 1") {
  fill();
  session = open(session_kind::live, ana, socket);
  run();
  socket->sent.clear();
  ask_for(subscribe_deltas);
  fold_what_came();
  import(ana, {payment("a", "-1.00")});
  CHECK(socket->types() == types{"dashboard_delta", "pending_delta"});
}

TEST_CASE_METHOD(fixture, "deltas folded by a client give the views, however it all interleaves") {
  BTPAY_SEEDED(random);
  connect();
  ask_for(subscribe_deltas);
  fold_what_came();
  for (int round = 0; round < 60; ++round) {
    std::vector<transaction> rows;
    for (auto n = random() % 4; n > 0; --n) {
      auto row = payment(std::to_string(random() % 40), "-" + std::to_string(random() % 900 + 1) + ".05");
      row.date = time->now() - std::chrono::minutes{random() % 3000};
      rows.push_back(row);
    }
    import(ana, rows);
    if (random() % 4 == 0)
      ask_for(R"({"command":"auto_categorize"})");
    if (random() % 6 == 0)
      ask_for(R"({"command":"request_data"})");
    if (random() % 5 == 0)
      notify_ana("n" + std::to_string(round));
    time->advance(std::chrono::minutes{random() % 300});
    pass_five_seconds();
    fold_what_came();
    check_client();
  }
  CHECK(client.deltas > 50);
  CHECK(client.hashes > 5);
}

TEST_CASE_METHOD(fixture, "a client that comes back is told what it missed, once") {
  BTPAY_SEEDED(random);
  connect();
  ask_for(subscribe_deltas);
  fold_what_came();
  for (int round = 0; round < 40; ++round) {
    disconnect();
    for (auto n = random() % 3; n > 0; --n) {
      auto row = payment(std::to_string(random() % 40), "-" + std::to_string(random() % 900 + 1) + ".05");
      row.date = time->now() - std::chrono::minutes{random() % 3000};
      import(ana, {row});
    }
    if (random() % 2 == 0)
      notify_ana("n" + std::to_string(round));
    if (random() % 3 == 0)
      ask<commanded>(actors->users(ana.id), user_command{ana.id, auto_categorize{}});
    time->advance(std::chrono::minutes{random() % 200});
    if (random() % 3 == 0)
      pass_five_seconds(); // which may forget the views
    connect();
    ask_for(client.resume());
    fold_what_came();
    REQUIRE(client.last_subscribed["recovered"] == true);
    check_client();
  }
  CHECK(client.hashes > 20);
}

TEST_CASE_METHOD(fixture, "a position of another log is not recovered and everything comes whole") {
  notify_ana("hello");
  connect();
  const types foreign{R"({"epoch":"ffffffffffff","seq":1})",
                      R"({"epoch":")" + wire_epoch(log->epoch()) + R"(","seq":99999})"};
  for (const auto& from : foreign) {
    ask_for(R"({"command":"subscribe","deltas":true,"resume":)" + from + "}");
    CHECK(json::parse(socket->sent.at(0).text)["recovered"] == false);
    CHECK(socket->types() == types{"subscribed", "dashboard_update", "pending_update", "hourly_update",
                                   "category_update", "notification"});
  }
}

TEST_CASE_METHOD(fixture, "a slow client loses deltas but never a notification, and gets whole views when it wakes") {
  fill();
  connect();
  ask_for(subscribe_deltas);
  fold_what_came();
  socket->full = true;
  import(ana, {payment("a", "-1.00")});
  notify_ana("hello");
  socket->full = false;
  import(ana, {payment("b", "-2.00")});
  CHECK(socket->types() == types{"notification"}); // What follows a lost delta is worth nothing.
  caf::anon_send(session, outbox_drained{});
  run();
  fold_what_came();
  check_client();
  import(ana, {payment("c", "-3.00")});
  fold_what_came(); // and deltas apply again
  check_client();
  CHECK(client.deltas == 2);
}

TEST_CASE_METHOD(fixture, "a client with an interval hears the first change at once and the rest together at its end") {
  fill();
  connect();
  ask_for(R"({"command":"subscribe","deltas":true,"interval_ms":100})");
  fold_what_came();
  import(ana, {payment("a", "-1.00")});
  CHECK(socket->types() == types{"dashboard_delta", "pending_delta"});
  import(ana, {payment("b", "-2.00")});
  import(ana, {payment("c", "-3.00")});
  CHECK(socket->types().empty());
  end_interval();
  CHECK(socket->sent.size() == 2);
  fold_what_came();
  check_client();
  import(ana, {payment("d", "-4.00")});
  CHECK(socket->sent.empty()); // What was told at the end began another.
  end_interval();
  CHECK(socket->types() == types{"dashboard_update", "pending_update"});
  end_interval();
  CHECK(socket->sent.empty());
  CHECK(scheduler.trigger_timeouts() == 0);
  import(ana, {payment("e", "-5.00")});
  CHECK(socket->types() == types{"dashboard_delta", "pending_delta"});
}

TEST_CASE_METHOD(fixture, "neither notifications nor answers wait for an interval") {
  fill();
  connect();
  ask_for(R"({"command":"subscribe","deltas":true,"interval_ms":10000})");
  import(ana, {payment("a", "-1.00")});
  socket->sent.clear();
  import(ana, {payment("b", "-2.00")});
  notify_ana("hello");
  ask_for(R"({"command":"request_pending"})");
  CHECK(socket->types() == types{"notification", "pending_update"});
  end_interval();
  CHECK(socket->types() == types{"dashboard_update"}); // of the other one the client has all
}

TEST_CASE_METHOD(fixture, "without deltas an interval holds back whole views") {
  connect();
  ask_for(R"({"command":"subscribe","views":["pending"],"interval_ms":100})");
  socket->sent.clear();
  for (const auto* id : {"a", "b", "c"})
    import(ana, {payment(id, "-1.00")});
  CHECK(socket->types() == types{"pending_update"});
  end_interval();
  CHECK(json::parse(socket->sent.at(0).text)["count"] == 3);
}

TEST_CASE_METHOD(fixture, "an interval that cannot be kept is refused") {
  connect();
  for (const auto* wrong : {"19", "10001", "-1", "0.5", "\"100\"", "99999999999999999999", "[]"}) {
    ask_for(std::string(R"({"command":"subscribe","interval_ms":)") + wrong + "}");
    REQUIRE(socket->sent.size() == 1);
    const auto answer = json::parse(socket->sent.at(0).text);
    CHECK(answer["code"] == "invalid_value");
    CHECK(answer["message"] == R"("interval_ms" must be 0 or a whole number from 20 to 10000)");
    socket->sent.clear();
  }
  for (const auto* right : {"0", "20", "10000", "null"}) {
    ask_for(std::string(R"({"command":"subscribe","interval_ms":)") + right + "}");
    CHECK(socket->types().at(0) == "subscribed");
  }
}

TEST_CASE_METHOD(fixture,
                 "a client with an interval that reads slowly has all in the end, however it all interleaves") {
  BTPAY_SEEDED(random);
  fill();
  connect();
  ask_for(R"({"command":"subscribe","deltas":true,"interval_ms":100})");
  for (int round = 0; round < 200; ++round) {
    switch (random() % 7) {
    case 0:
      socket->full = true;
      break;
    case 1:
      if (std::exchange(socket->full, false))
        caf::anon_send(session, outbox_drained{});
      break;
    case 2:
      ask_for(R"({"command":"request_data"})");
      break;
    case 3:
      end_interval();
      break;
    case 4:
      time->advance(std::chrono::minutes{random() % 90});
      pass_five_seconds();
      break;
    default:
      import(ana, {payment(std::to_string(random() % 40), "-" + std::to_string(random() % 900 + 1) + ".05")});
    }
    run();
    fold_what_came();
  }
  if (std::exchange(socket->full, false))
    caf::anon_send(session, outbox_drained{});
  do
    end_interval();
  while (scheduler.trigger_timeouts() != 0);
  run();
  fold_what_came();
  check_client();
  CHECK(client.deltas > 5);
}

TEST_CASE_METHOD(fixture, "a decision is answered before the deltas that contain it") {
  import(ana, {payment("a", "-12.30")});
  connect();
  ask_for(subscribe_deltas);
  socket->sent.clear();
  ask_for(R"({"command":"auto_categorize"})");
  const auto answer = json::parse(socket->sent.at(0).text);
  CHECK(answer["categorized"] == 1);
  CHECK(answer["seq"].is_number());
  auto order = socket->types();
  CHECK(order.at(0) == "auto_categorize_result");
  CHECK(order.size() > 2);
}

TEST_CASE_METHOD(fixture, "MessagePack says the same as JSON") {
  import(ana, {payment("a", "-12.30")});
  connect(msgpack_protocol);
  const auto command = json::to_msgpack(json::parse(subscribe_deltas));
  say(session, std::string(command.begin(), command.end()), true);
  run();
  import(ana, {payment("b", "-2.00")});
  types seen;
  for (const auto& frame : socket->sent) {
    const auto message = json::from_msgpack(frame.text);
    seen.push_back(message.at("type"));
    client.take(message);
  }
  CHECK(seen == types{"subscribed", "dashboard_update", "pending_update", "hourly_update", "category_update",
                      "dashboard_delta", "pending_delta"});
  socket->sent.clear();
  for (const auto kind : all_views)
    CHECK(client.views[kind].data == view(kind));
  say(session, "\xC1", true); // a byte that MessagePack never uses
  run();
  CHECK(json::from_msgpack(socket->sent.at(0).text)["code"] == "malformed");
}

} // namespace btpay
