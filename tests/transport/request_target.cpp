#include "transport/request_target.hpp"

#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace btpay;

namespace {

std::string path_of(std::string_view text) {
  const auto parsed = parse_target(text);
  return parsed ? parsed->path : "refused";
}

} // namespace

TEST_CASE("a target is split into a decoded path and the query as sent") {
  const auto parsed = parse_target("/finance/b%74-pay/?next=%2Flogin?&a");
  REQUIRE(parsed);
  CHECK(parsed->path == "/finance/bt-pay/");
  CHECK(parsed->query == "next=%2Flogin?&a");
  CHECK(path_of("/") == "/");
  CHECK(path_of("/%C4%83") == "/\xC4\x83");
  CHECK(path_of("/a+b") == "/a+b");
}

TEST_CASE("the absolute form names the same path") {
  CHECK(path_of("http://localhost:8080/a?b") == "/a");
  CHECK(path_of("http://localhost") == "/");
  CHECK(path_of("http://localhost?b") == "refused");
}

TEST_CASE("a target that two readers could understand differently is refused") {
  for (const auto* text : {"", "a", "*", "//%", "/%", "/%4", "/%G0", "/%0", "/%00", "/%0A", "/%7F", "/a%2Fb", "/a%2fb",
                           "/../a", "/a/..", "/a/./b", "/%2E%2E/a", "/a#b", "ftp://a/b",
                           // Not UTF-8: a lone byte, an overlong form, a surrogate, beyond the last, cut short.
                           "/%80", "/%C0%AF", "/%E0%80%AF", "/%ED%A0%80", "/%F4%90%80%80", "/%F8%80", "/%E2%82"})
    CHECK(path_of(text) == "refused");
}

TEST_CASE("any bytes are a plain path or are refused") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "/";
    for (auto length = random() % 12; length > 0; --length)
      text += random() % 3 == 0 ? "%/.?#2eF"[random() % 8] : static_cast<char>(random());
    const auto parsed = parse_target(text);
    if (!parsed)
      continue;
    REQUIRE(parsed->path.at(0) == '/');
    for (const char c : parsed->path)
      REQUIRE(((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)));
    REQUIRE((parsed->path + "/").find("/../") == std::string::npos);
  }
}
