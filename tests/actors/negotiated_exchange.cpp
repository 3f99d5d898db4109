#include "actors/negotiated_exchange.hpp"

#include "actors/http_answers.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <optional>

namespace btpay {

namespace {

class kept_exchange final : public http_exchange {
public:
  void respond(http_response response) override { answer = std::move(response); }
  void accept_websocket(session_grant) override {}
  void accept_stream(session_grant) override {}

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : answer->headers)
      if (key == name)
        return value;
    return {};
  }

  std::optional<http_response> answer;
};

std::shared_ptr<kept_exchange> answered(const http_request& request, http_response response) {
  const auto kept = std::make_shared<kept_exchange>();
  negotiated_exchange(kept, request).respond(std::move(response));
  REQUIRE(kept->answer);
  return kept;
}

} // namespace

TEST_CASE("a JSON answer is not sent again to who has it") {
  http_request request;
  const auto first = answered(request, json_answer(200, R"({"a":1})"));
  CHECK(first->answer->status == 200);
  request.headers.emplace_back("if-none-match", "\"else\", " + first->header("ETag"));
  const auto again = answered(request, json_answer(200, R"({"a":1})"));
  CHECK(again->answer->status == 304);
  CHECK_FALSE(again->answer->body);
  CHECK(answered(request, json_answer(200, R"({"a":2})"))->answer->status == 200);
}

TEST_CASE("a refusal is a problem as well") {
  http_request request;
  request.path = "/x";
  const auto kept = answered(request, refusal_answer({errc::unknown_item, "no such path"}));
  CHECK(kept->answer->content_type == "application/problem+json");
  const auto body = nlohmann::json::parse(*kept->answer->body);
  CHECK(body["error"] == "unknown_item");
  CHECK(body["message"] == "no such path");
  CHECK(body["status"] == 404);
  CHECK(body["detail"] == "no such path");
  CHECK(body["instance"] == "/x");
}

TEST_CASE("a long text is gzipped for who accepts that") {
  http_request request;
  const std::string text(compressed_bytes_min, 'a');
  CHECK(answered(request, json_answer(200, text))->header("Content-Encoding").empty());
  request.headers.emplace_back("accept-encoding", "br, gzip;q=0.5");
  const auto kept = answered(request, json_answer(200, text));
  CHECK(kept->header("Content-Encoding") == "gzip");
  CHECK(kept->answer->body->size() < text.size());
  CHECK(answered(request, json_answer(200, text.substr(1)))->header("Content-Encoding").empty());
  CHECK_FALSE(accepts_gzip("gzip;q=0"));
  CHECK_FALSE(accepts_gzip(""));
}

} // namespace btpay
