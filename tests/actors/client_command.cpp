#include "actors/client_command.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace btpay {

namespace {

template <class Asked>
Asked asked(std::string_view text) {
  auto sent = read_client_request(text);
  REQUIRE(sent.asked);
  REQUIRE(std::holds_alternative<Asked>(*sent.asked));
  return std::get<Asked>(std::move(*sent.asked));
}

template <class Wanted>
Wanted decided(std::string_view text) {
  return std::get<Wanted>(asked<user_decision>(text).what);
}

errc code(std::string_view text) { return read_client_request(text).asked.error().code; }

} // namespace

TEST_CASE("every command of level 1 is understood") {
  CHECK_NOTHROW(asked<ping>(R"({"command":"ping"})"));
  CHECK(asked<request_view>(R"({"command":"request_data"})").view == view_kind::dashboard);
  CHECK(asked<request_view>(R"({"command":"request_pending"})").view == view_kind::pending);
  CHECK(asked<request_view>(R"({"command":"request_hourly"})").view == view_kind::hourly);
  CHECK(asked<request_view>(R"({"command":"request_categories"})").view == view_kind::categories);
  CHECK_NOTHROW(asked<auto_categorize>(R"( { "id": 7, "command" : "auto_categorize" } )"));
}

TEST_CASE("every decision is understood with its members") {
  const auto given = decided<categorize>(R"({"command":"categorize","id":7,"category":"food","remember":true,"x":1})");
  CHECK(given.id == transaction_id{7});
  CHECK(given.category == "food");
  CHECK(given.remember);
  CHECK_FALSE(decided<categorize>(R"({"id":7,"category":"food","remember":null,"command":"categorize"})").remember);
  CHECK(decided<uncategorize>(R"({"command":"uncategorize","id":7})").id == transaction_id{7});
  CHECK(decided<remove_transaction>(R"({"command":"remove","id":7})").id == transaction_id{7});
  CHECK(decided<restore_transaction>(R"({"command":"restore","id":7})").id == transaction_id{7});
  const auto matched = decided<match_transactions>(R"({"command":"match","booked":9,"pending":7})");
  CHECK(matched.booked == transaction_id{9});
  CHECK(matched.pending == transaction_id{7});
  CHECK(decided<unmatch_transaction>(R"({"command":"unmatch","booked":9})").booked == transaction_id{9});
  CHECK(decided<decline_match>(R"({"command":"decline","booked":9})").booked == transaction_id{9});
  CHECK(decided<forget_merchant>(R"({"command":"forget","merchant":"Cafea"})").merchant == "Cafea");
  const auto seen = decided<clear_notifications>(R"({"command":"ack","ids":[3,5]})");
  CHECK(seen.ids == std::vector{notification_id{3}, notification_id{5}});
  CHECK(seen.how == notification_cleared::manner::acknowledged);
  CHECK(decided<clear_notifications>(R"({"command":"read","id":3})").how == notification_cleared::manner::read);
  CHECK(asked<user_decision>(R"({"command":"set_alerts"})").name == "set_alerts");
}

TEST_CASE("questions are understood with their members") {
  const auto why =
      asked<past_question>(R"({"command":"explain","view":"hourly","field":7,"limit":0,"after":9,"seq":0})");
  const auto& wanted = std::get<explain_selection>(why.query.what);
  CHECK(wanted.view == view_kind::hourly);
  CHECK(wanted.field == "7");
  CHECK(wanted.limit == 0);
  CHECK(wanted.after == transaction_id{9});
  CHECK(why.query.last == log_start);
  CHECK_FALSE(why.query.at);
  const auto was = asked<past_question>(R"({"command":"as_of","views":["pending","pending"],"at":"2026-02-04T12:00:00Z",
                                            "known_at":"2026-02-04T13:00:00Z"})");
  CHECK(std::get<past_query::views>(was.query.what) == past_query::views{false, true, false, false});
  CHECK(was.query.known_at == *parse_rfc3339("2026-02-04T13:00:00Z"));
  CHECK_FALSE(was.only);
  CHECK(asked<past_question>(R"({"command":"as_of","view":"hourly","at":"2026-02-04T12:00:00Z"})").only ==
        view_kind::hourly);
}

TEST_CASE("questions that say too little or too much are refused with the member") {
  const auto why = [](std::string_view text) {
    const auto refused = read_client_request(text).asked.error();
    return std::pair(refused.code, refused.message.substr(1, refused.message.find('"', 1) - 1));
  };
  using refused = std::pair<errc, std::string>;
  CHECK(why(R"({"command":"explain","field":"x"})") == refused{errc::missing_field, "view"});
  CHECK(why(R"({"command":"explain","view":"stats","field":"x"})") == refused{errc::invalid_value, "view"});
  CHECK(why(R"({"command":"explain","view":"hourly"})") == refused{errc::missing_field, "field"});
  CHECK(why(R"({"command":"explain","view":"hourly","field":"3","limit":501})") ==
        refused{errc::invalid_value, "limit"});
  CHECK(why(R"({"command":"explain","view":"hourly","field":"3","limit":-1})") == refused{errc::wrong_type, "limit"});
  CHECK(why(R"({"command":"explain","view":"hourly","field":"3","seq":"9"})") == refused{errc::wrong_type, "seq"});
  CHECK(why(R"({"command":"as_of"})") == refused{errc::missing_field, "at"});
  CHECK(why(R"({"command":"as_of","at":"yesterday"})") == refused{errc::invalid_date, "at"});
  CHECK(why(R"({"command":"as_of","at":"2026-02-04T12:00:00Z","known_at":"x"})") ==
        refused{errc::invalid_date, "known_at"});
  CHECK(why(R"({"command":"as_of","at":"2026-02-04T12:00:00Z","views":"hourly"})") ==
        refused{errc::wrong_type, "views"});
  CHECK(why(R"({"command":"as_of","at":"2026-02-04T12:00:00Z","views":["stats"]})") ==
        refused{errc::invalid_value, "views"});
}

TEST_CASE("alerts are read exactly") {
  const auto wanted = decided<set_alerts>(R"({"command":"set_alerts","new_merchant":true,
      "large_from":{"amount":90071992547409.93,"currency":"RON"},
      "budgets":[{"category":"food","amount":"800","currency":"EUR"},{"category":"fun","amount":20,"currency":"RON"}]})")
                          .wanted;
  REQUIRE(wanted.large_from);
  CHECK(wanted.large_from->minor == 9007199254740993);
  REQUIRE(wanted.budgets.size() == 2);
  CHECK(wanted.budgets[0].limit == money{80'000, *currency::parse("EUR")});
  CHECK(wanted.budgets[1].limit.minor == 2'000);
  CHECK(wanted.new_merchant);
}

TEST_CASE("wrong members are refused with their name") {
  const auto why = [](std::string_view text) {
    const auto refused = read_client_request(text).asked.error();
    return std::string(to_string(refused.code)) + ": " + refused.message;
  };
  CHECK(why(R"({"command":"categorize","category":"food"})") == R"(missing_field: "id" is missing)");
  CHECK(why(R"({"command":"categorize","id":7})") == R"(missing_field: "category" is missing)");
  CHECK(why(R"({"command":"categorize","id":7,"category":""})") == R"(invalid_value: "category" is empty)");
  CHECK(why(R"({"command":"categorize","id":7,"category":"food","remember":1})") ==
        R"(wrong_type: "remember" must be true or false)");
  for (const std::string id : {"-1", "0", "1.5", "\"7\"", "1e3", "[7]", "18446744073709551616", "true"})
    CHECK(code(R"({"command":"remove","id":)" + id + "}") == errc::wrong_type);
  CHECK(code(R"({"command":"forget","merchant":")" + std::string(257, 'x') + "\"}") == errc::too_long);
  CHECK(code(R"({"command":"forget","merchant":")" + std::string(256, 'x') + "\"}") != errc::too_long);
  CHECK(code(R"({"command":"ack"})") == errc::missing_field);
  CHECK(code(R"({"command":"ack","ids":7})") == errc::wrong_type);
  CHECK(code(R"({"command":"ack","ids":["7"]})") == errc::wrong_type);
  CHECK(code(R"({"command":"set_alerts","large_from":500})") == errc::wrong_type);
  CHECK(code(R"({"command":"set_alerts","large_from":{"amount":1.234,"currency":"RON"}})") == errc::invalid_amount);
  CHECK(code(R"({"command":"set_alerts","large_from":{"amount":1,"currency":"XXQ"}})") == errc::invalid_currency);
  CHECK(code(R"({"command":"set_alerts","large_from":{"amount":0,"currency":"RON"}})") == errc::invalid_value);
  CHECK(why(R"({"command":"set_alerts","budgets":[{"category":"food","amount":1,"currency":"RON"},{"category":1}]})") ==
        R"(wrong_type: "budgets[1].category" must be a string)");
}

TEST_CASE("ids of a command are limited") {
  std::string ids = "1";
  for (std::size_t i = 1; i < cleared_ids_max; ++i)
    ids += ",1";
  CHECK(decided<clear_notifications>(R"({"command":"ack","ids":[)" + ids + "]}").ids.size() == cleared_ids_max);
  CHECK(code(R"({"command":"ack","ids":[)" + ids + ",1]}") == errc::too_long);
}

TEST_CASE("a ref is read with the command, and with what is wrong about it") {
  CHECK(read_client_request(R"({"command":"ping","ref":"a1"})").ref == "a1");
  CHECK(read_client_request(R"({"ref":"a1","command":"fly"})").ref == "a1");
  CHECK(read_client_request(R"({"ref":"a1","command":"remove"})").ref == "a1");
  CHECK(read_client_request(R"({"command":"ping","ref":null})").asked.has_value());
  CHECK(read_client_request(R"({"command":"ping","x":{"ref":"a1"}})").ref.empty());
  CHECK(code(R"({"command":"ping","ref":1})") == errc::wrong_type);
  CHECK(
      read_client_request(R"({"command":"ping","ref":")" + std::string(ref_bytes_max, 'x') + "\"}").asked.has_value());
  CHECK(code(R"({"command":"ping","ref":")" + std::string(ref_bytes_max + 1, 'x') + "\"}") == errc::too_long);
}

TEST_CASE("what is no command is told apart") {
  CHECK(code("") == errc::malformed);
  CHECK(code("{") == errc::malformed);
  CHECK(code("\xff\xfe") == errc::malformed);
  CHECK(code("[]") == errc::wrong_type);
  CHECK(code("\"ping\"") == errc::wrong_type);
  CHECK(code("{}") == errc::missing_field);
  CHECK(code(R"({"a":{"command":"ping"}})") == errc::missing_field);
  CHECK(code(R"({"command":7})") == errc::wrong_type);
  CHECK(code(R"({"command":["ping"]})") == errc::wrong_type);
  CHECK(code(R"({"command":null})") == errc::wrong_type);
  CHECK(code(R"({"command":"fly"})") == errc::unknown_command);
  CHECK(code(R"({"command":"ping","command":1})") == errc::wrong_type);
}

TEST_CASE("deep nesting is read without harm") {
  const std::string deep(60'000, '[');
  CHECK(code(deep) == errc::malformed);
  CHECK(code(R"({"command":)" + deep) == errc::malformed);
  const std::string closed(60'000, ']');
  CHECK(code(R"({"command":"remove","id":)" + deep + closed + "}") == errc::malformed);
}

TEST_CASE("any bytes give a command or a reason") {
  BTPAY_SEEDED(random);
  const std::string simple = R"({"command":"request_data","x":[1,2.5,{"y":null}]})";
  const std::string rich =
      R"({"command":"set_alerts","ref":"r","large_from":{"amount":1.5,"currency":"RON"},"budgets":[{"category":"x"}]})";
  for (int i = 0; i < 20'000; ++i) {
    auto text = random() % 2 ? simple : rich;
    for (auto flips = random() % 4; flips > 0; --flips)
      text[random() % text.size()] = static_cast<char>(random());
    const auto sent = read_client_request(text);
    if (!sent.asked)
      CHECK_FALSE(sent.asked.error().message.empty());
  }
}

} // namespace btpay
