#include "actors/ingestion.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace btpay {

namespace {

const std::string row =
    R"({"external_id":"x1","source":"bank","date":"2026-02-04T12:30:00Z","amount":"-12.30","currency":"RON","description":"BT Pay - Lidl"})";

std::vector<ingestion_row> parsed(std::string_view body, ingestion_format format = ingestion_format::json) {
  auto rows = parse_ingestion(body, format, 1000);
  REQUIRE(rows);
  return std::move(*rows);
}

transaction only(const std::vector<ingestion_row>& rows) {
  REQUIRE(rows.size() == 1);
  REQUIRE(std::holds_alternative<transaction>(rows[0].content));
  return std::get<transaction>(rows[0].content);
}

errc code_of(const ingestion_row& one) {
  REQUIRE(std::holds_alternative<refusal>(one.content));
  return std::get<refusal>(one.content).code;
}

/// The row with one member replaced or added.
std::string with(const std::string& name, const std::string& value) {
  auto text = row;
  const auto key = "\"" + name + "\":";
  const auto at = text.find(key);
  if (at == std::string::npos)
    return text.insert(1, key + value + ",");
  const auto begin = at + key.size();
  return text.replace(begin, text.find_first_of(",}", begin) - begin, value);
}

} // namespace

TEST_CASE("one object, a list in an envelope, a bare list and NDJSON give the same rows") {
  const auto single = only(parsed(row));
  CHECK(single.external_id == "x1");
  CHECK(single.amount.minor == -1230);
  CHECK(only(parsed("{\"transactions\":[" + row + "]}")).external_id == "x1");
  CHECK(only(parsed("[" + row + "]")).external_id == "x1");
  CHECK(only(parsed("\n" + row + "\r\n\n", ingestion_format::ndjson)).external_id == "x1");
  CHECK(parsed("{\"transactions\":[" + row + "," + row + "," + row + "]}").size() == 3);
  CHECK(parsed(R"({"transactions":[]})").empty());
}

TEST_CASE("an amount is taken from its text, as a string or a number") {
  CHECK(only(parsed(with("amount", "-0.10"))).amount.minor == -10);
  CHECK(only(parsed(with("amount", "90071992547409.93"))).amount.minor == 9007199254740993);
  CHECK(only(parsed(with("amount", "-5"))).amount.minor == -500);
  CHECK(only(parsed(with("amount", "1.5e1"))).amount.minor == 1500);
  CHECK(code_of(parsed(with("amount", "1.005"))[0]) == errc::invalid_amount);
  CHECK(code_of(parsed(with("amount", "true"))[0]) == errc::wrong_type);
}

TEST_CASE("optional members are read, unknown ones skipped with all that is in them") {
  const auto text = with("extra", R"({"amount":"9","user":"eve","deep":[{"currency":"EUR"}]})");
  const auto skipped = only(parsed(text));
  CHECK(skipped.amount.minor == -1230);
  CHECK(parsed(text)[0].user.empty());
  const auto rows = parsed(with(
      "user",
      R"("ana","mcc":5411,"merchant":"Lidl","bank_status":"pending","status":"synced","category":"food","linked":true)"));
  const auto full = only(rows);
  CHECK(rows[0].user == "ana");
  CHECK(full.mcc == 5411);
  CHECK(full.merchant == "Lidl");
  CHECK(full.bank == bank_status::pending);
  CHECK(full.status == transaction_status::synced);
  CHECK(full.category == "food");
  CHECK(full.linked);
}

TEST_CASE("a bad row is told exactly and spoils no other") {
  const auto rows = parsed("[" + row + "," + with("date", "\"yesterday\"") + ",7," + with("currency", "\"XXQ\"") + "," +
                           with("description", "[\"a\",\"b\"]") + "," + row + "]");
  REQUIRE(rows.size() == 6);
  CHECK(std::holds_alternative<transaction>(rows[0].content));
  CHECK(code_of(rows[1]) == errc::invalid_date);
  CHECK(code_of(rows[2]) == errc::wrong_type);
  CHECK(code_of(rows[3]) == errc::invalid_currency);
  CHECK(code_of(rows[4]) == errc::wrong_type);
  CHECK(std::holds_alternative<transaction>(rows[5].content));
}

TEST_CASE("each required member is asked for by name") {
  for (const std::string name : {"external_id", "source", "date", "amount", "currency", "description"}) {
    const auto rows = parsed(with(name, "null"));
    CHECK(code_of(rows[0]) == errc::missing_field);
    CHECK(std::get<refusal>(rows[0].content).message.find(name) != std::string::npos);
  }
}

TEST_CASE("a bad line of NDJSON is a bad row; a bad document is refused whole") {
  const auto rows = parsed(row + "\n{oops\n" + row + "\n", ingestion_format::ndjson);
  REQUIRE(rows.size() == 3);
  CHECK(code_of(rows[1]) == errc::malformed);
  CHECK_FALSE(parse_ingestion("{oops", ingestion_format::json, 10).has_value());
  CHECK_FALSE(parse_ingestion("", ingestion_format::json, 10).has_value());
}

TEST_CASE("rows and depth have limits") {
  CHECK(parse_ingestion("[" + row + "," + row + "]", ingestion_format::json, 2).has_value());
  const auto more = parse_ingestion("[" + row + "," + row + "," + row + "]", ingestion_format::json, 2);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == errc::too_long);
  CHECK_FALSE(parse_ingestion(with("x", std::string(50'000, '[')), ingestion_format::json, 2).has_value());
}

TEST_CASE("lines that are no rows count as rows, so that none fill the memory") {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += i % 2 ? "{oops\n" : "1\n";
    return text;
  };
  CHECK(parsed(lines(10), ingestion_format::ndjson).size() == 10);
  const auto more = parse_ingestion(lines(11), ingestion_format::ndjson, 10);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == errc::too_long);
}

TEST_CASE("an account line is an account") {
  const auto rows = parsed(
      R"({"account":{"user":"ana","name":"Cont curent","currency":"RON","created_at":"2025-06-01T08:00:00+00:00"}})",
      ingestion_format::ndjson);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].user == "ana");
  CHECK(std::get<account_opened>(rows[0].content).name == "Cont curent");
}

TEST_CASE("a row may name the pending one that it replaces") {
  const auto rows = parsed(with("replaces", "\"hold-7\""));
  CHECK(std::get<transaction>(rows[0].content).replaces == "hold-7");
  CHECK_FALSE(std::get<transaction>(parsed(row)[0].content).replaces);
  CHECK(code_of(parsed(with("replaces", "7"))[0]) == errc::wrong_type);
}

TEST_CASE("a withdrawal needs its identity alone") {
  const auto rows = parsed(R"({"external_id":"w","source":"test","user":"ana","withdrawn":true})");
  CHECK(rows[0].user == "ana");
  CHECK(std::get<transaction_key>(rows[0].content) == transaction_key{"test", "w"});
  CHECK(code_of(parsed(R"({"external_id":"w","user":"ana","withdrawn":true})")[0]) == errc::missing_field);
  CHECK(code_of(parsed(R"({"external_id":"w","source":"test","withdrawn":"yes"})")[0]) == errc::wrong_type);
  CHECK(std::holds_alternative<transaction>(parsed(with("withdrawn", "false"))[0].content));
}

TEST_CASE("any bytes give rows or a reason") {
  BTPAY_SEEDED(random);
  const auto good = "{\"transactions\":[" + row + "," + with("mcc", "5411") + "],\"z\":{\"a\":[1,{}]}}";
  for (int i = 0; i < 5'000; ++i) {
    auto text = good;
    for (auto flips = random() % 6; flips > 0; --flips)
      text[random() % text.size()] = random() % 2 ? "{}[],:\"0"[random() % 8] : static_cast<char>(random());
    const auto format = random() % 2 ? ingestion_format::json : ingestion_format::ndjson;
    if (const auto rows = parse_ingestion(text, format, 100); !rows)
      CHECK_FALSE(rows.error().message.empty());
  }
}

} // namespace btpay
