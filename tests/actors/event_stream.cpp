#include "actors/event_stream.hpp"

#include "actors/notification_form.hpp"
#include "tests/actors/routes_fixture.hpp"
#include "tests/support/service_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>
#include <sstream>

namespace btpay {

namespace {

using namespace testing;
using nlohmann::json;

/// One event, read as the html standard says.
struct sent_event {
  std::string name = "message";
  std::string id;
  std::string retry;
  json data;
};

sent_event read_event(const std::string& text) {
  REQUIRE(text.ends_with("\n\n"));
  sent_event read;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    const auto field = line.substr(0, line.find(": "));
    const auto value = line.substr(field.size() + 2);
    if (field == "event")
      read.name = value;
    else if (field == "id")
      read.id = value;
    else if (field == "retry")
      read.retry = value;
    else
      read.data = json::parse(value);
  }
  return read;
}

std::vector<sent_event> events(fake_connection& socket) {
  std::vector<sent_event> all;
  for (const auto& frame : std::exchange(socket.sent, {}))
    all.push_back(read_event(frame.text));
  return all;
}

using names = std::vector<std::string>;

names names_of(const std::vector<sent_event>& all) {
  names found;
  for (const auto& each : all)
    found.push_back(each.name);
  return found;
}

struct fixture : routes_fixture {
  std::shared_ptr<fake_connection> socket = std::make_shared<fake_connection>();

  reply ask(const std::string& query, const std::string& last_event_id = {}, header_list more = {}) {
    http_request request;
    request.path = "/finance/api/bt-pay/stream/";
    request.query = query;
    request.headers = cookie_of_ana();
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    if (!last_event_id.empty())
      request.headers.emplace_back("last-event-id", last_event_id);
    return send(std::move(request));
  }

  /// Opens what is asked for, as the transport does.
  session_actor stream(const std::string& query, const std::string& last_event_id = {}) {
    const auto answer = ask(query, last_event_id);
    REQUIRE(answer.granted);
    CHECK(answer.granted->kind == session_kind::stream);
    socket = std::make_shared<fake_connection>();
    const auto services =
        std::make_shared<const session_services>(session_services{actors, time, {}, wire_epoch(log->epoch()), log});
    auto session = own(make_session_opener(system, services)(unit, socket, *answer.granted));
    run();
    return session;
  }

  void hang_up(const session_actor& session) {
    caf::anon_send(session, peer_closed{});
    run();
  }

  void pay(const std::string& id) { import(ana, {payment(id, "-12.30")}); }

  void notify(const std::string& message) {
    const auto form = parse_notification(R"({"user":"ana","message":")" + message + "\"}");
    CHECK(actor_fixture::ask<notified>(admin(), *form).users);
  }

  admin_actor admin() {
    if (!admin_)
      admin_ = own(system.spawn<btpay::admin>(accounts, actors));
    return admin_;
  }

private:
  admin_actor admin_;
};

} // namespace

TEST_CASE("an id of an event gives back the place that it was made of") {
  for (const stream_place& place :
       {stream_place{"0123456789ab", position{7}, position{7}}, stream_place{"0123456789ab", position{7}, position{0}},
        stream_place{"f", position{7}, position{9}}}) {
    const auto back = parse_event_id(event_id(place));
    REQUIRE(back);
    CHECK(back->epoch == place.epoch);
    CHECK(back->at == place.at);
    CHECK(back->notified == place.notified);
  }
  CHECK(event_id({"ab", position{7}, position{7}}) == "ab-7");
}

TEST_CASE("what is no id of an event is none") {
  for (const auto* id : {"", "-", "ab", "ab-", "-7", "ab-7-", "ab-x", "ab-7-x", "ab-7-8-9", "AB-7",
                         "ab-99999999999999999999", "ab -7", "ab--7"})
    CHECK_FALSE(parse_event_id(id));
}

TEST_CASE("the place of an event is the service's own, whatever stands in a notification") {
  position notified{3};
  const auto text =
      event_of(R"({"type":"notification","message":"x","epoch":"f","seq":1,"more":{"a":1,"epoch":"e","seq":2},)"
               R"("epoch":"ab","seq":9,"timestamp":"t"})",
               &notified);
  CHECK(read_event(text).id == "ab-9");
  CHECK(raw(notified) == 9);
}

TEST_CASE_METHOD(fixture, "a stream without views sends a summary at once and after each change") {
  pay("1");
  stream("");
  auto first = events(*socket);
  REQUIRE(first.size() == 1);
  CHECK(first[0].name == "message");
  CHECK(std::stoi(first[0].retry) >= 1'000);
  CHECK(first[0].data.size() == 4);
  CHECK(first[0].data.at("pending_bt_pay") == 1);
  CHECK(first[0].data.at("today_transactions") == 0); // it waits for its category
  CHECK(first[0].data.at("timestamp") == to_rfc3339(time->now()));
  pay("2");
  const auto second = events(*socket);
  REQUIRE(second.size() == 1);
  CHECK(second[0].retry.empty());
  CHECK(second[0].data.at("pending_bt_pay") == 2);
  pass_five_seconds();
  CHECK(socket->sent.empty());
}

TEST_CASE_METHOD(fixture, "a summary comes again each interval, changed or not") {
  const auto asked = ask("interval=2&duration=60");
  REQUIRE(asked.granted);
  CHECK(asked.granted->stream->repeat_time == std::chrono::seconds{2});
  CHECK(asked.granted->valid_time == std::chrono::seconds{60});
  const auto session = stream("interval=2");
  CHECK(events(*socket).size() == 1);
  say(session, asked.granted->stream->repeated);
  run();
  CHECK(events(*socket).size() == 1);
}

TEST_CASE_METHOD(fixture, "with views come the messages of level 2, each named by its type and with its place") {
  pay("1");
  notify("hello");
  stream("views=pending,notifications");
  auto all = events(*socket);
  CHECK(names_of(all) == names{"subscribed", "pending_update", "notification"});
  for (const auto& each : all) {
    CHECK(each.data.at("type") == each.name);
    const auto place = parse_event_id(each.id);
    REQUIRE(place);
    CHECK(each.data.at("epoch") == place->epoch);
    CHECK(each.data.at("seq") == raw(place->at));
  }
  CHECK(raw(parse_event_id(all[1].id)->notified) == 0);
  CHECK(parse_event_id(all[2].id)->notified == parse_event_id(all[2].id)->at);
  pay("2");
  all = events(*socket);
  CHECK(names_of(all) == names{"pending_update"});
  // The view went on, the notifications did not.
  CHECK(parse_event_id(all[0].id)->notified < parse_event_id(all[0].id)->at);
}

TEST_CASE_METHOD(fixture, "deltas come where they are asked for, and a full queue gets the whole view later") {
  for (int i = 0; i < 8; ++i)
    pay("old-" + std::to_string(i));
  const auto session = stream("views=pending&deltas=true");
  events(*socket);
  pay("1");
  CHECK(names_of(events(*socket)) == names{"pending_delta"});
  socket->full = true;
  pay("2");
  pay("3");
  CHECK(socket->sent.empty());
  socket->full = false;
  caf::anon_send(session, outbox_drained{});
  run();
  const auto all = events(*socket);
  CHECK(names_of(all) == names{"pending_update"});
  CHECK(all[0].data.at("count") == 11);
}

TEST_CASE_METHOD(fixture, "a client that comes back misses no notification and gets none twice, wherever it was cut") {
  std::set<std::string> heard;
  std::string last_id;
  for (int round = 0; round < 20; ++round) {
    const auto session = stream("views=dashboard,notifications", last_id);
    notify("a" + std::to_string(round));
    pay(std::to_string(round));
    notify("b" + std::to_string(round));
    auto all = events(*socket);
    all.resize(all.size() - static_cast<std::size_t>(round % 4)); // the last ones were lost on the way
    for (const auto& each : all) {
      if (each.name == "subscribed")
        CHECK(each.data.at("recovered") == (round > 0));
      if (each.name == "notification")
        CHECK(heard.insert(each.data.at("message").get<std::string>()).second);
      last_id = each.id;
    }
    hang_up(session);
    notify("away" + std::to_string(round));
  }
  stream("views=dashboard,notifications", last_id);
  for (const auto& each : events(*socket))
    if (each.name == "notification")
      CHECK(heard.insert(each.data.at("message").get<std::string>()).second);
  CHECK(heard.size() == 60);
}

TEST_CASE_METHOD(fixture,
                 "an id of another log or of the future is not recovered, and one that is none starts afresh") {
  notify("hello");
  for (const auto& id : {std::string("fedcba987654-1"), wire_epoch(log->epoch()) + "-999",
                         wire_epoch(log->epoch()) + "-999-1", std::string("nonsense")}) {
    stream("views=notifications", id);
    const auto all = events(*socket);
    CHECK(names_of(all) == names{"subscribed", "notification"});
    CHECK(all[0].data.at("recovered") == false);
  }
}

TEST_CASE_METHOD(fixture, "a stream is refused with what is wrong") {
  CHECK(get("/finance/api/bt-pay/stream/").http.status == 401);
  CHECK(post("/finance/api/bt-pay/stream/", "", cookie_of_ana()).http.status == 405);
  CHECK(ask("", {}, {{"accept", "application/json"}}).http.status == 406);
  CHECK(ask("", {}, {{"accept", "text/event-stream;q=0, text/html"}}).http.status == 406);
  for (const auto* accepted : {"text/event-stream", "text/*;q=0.5", "*/*", "application/json, text/event-stream"})
    CHECK(ask("", {}, {{"accept", accepted}}).granted);
  for (const auto* query : {"views=money", "views=", "views=pending,", "views=pending&deltas=maybe", "interval=0",
                            "interval=x", "duration=-1", "duration=100000"}) {
    CAPTURE(query);
    const auto answer = ask(query);
    CHECK(answer.http.status == 400);
    CHECK(answer.body().at("error") == "invalid_value");
  }
}

TEST_CASE_METHOD(fixture, "a stream is no longer valid than what it was opened with") {
  const auto grant = ask("duration=86400").granted;
  REQUIRE(grant);
  CHECK(grant->valid_time == std::chrono::hours{1});
  CHECK(grant->credential != 0);
}

} // namespace btpay
