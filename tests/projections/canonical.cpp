#include "projections/canonical.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cstdint>

namespace btpay {

TEST_CASE("numbers are printed as ECMAScript prints them") {
  // RFC 8785, appendix B.
  const std::pair<std::uint64_t, const char*> vectors[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& [bits, text] : vectors) {
    std::string printed;
    append_ecmascript(printed, std::bit_cast<double>(bits));
    CHECK(printed == text);
  }
}

TEST_CASE("members are sorted by their UTF-16 code units") {
  // RFC 8785, section 3.2.3.
  CHECK(
      canonical("{\"\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
                "\"1\":\"One\",\"\U0001F600\":\"Emoji: Grinning Face\",\"\u0080\":\"Control\","
                "\"\u00f6\":\"Latin Small Letter O With Diaeresis\"}") ==
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
      "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
      "\"\U0001F600\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("texts and literals have one spelling") {
  CHECK(canonical(R"(["\u0008\u000c\u0001\n\"\\/ă",null,true,false,{},[],12.50,-0.00,1e3])") ==
        R"(["\b\f\u0001\n\"\\/ă",null,true,false,{},[],12.5,0,1000])");
}

TEST_CASE("a view's hash is the beginning of the SHA-256 of its canonical form") {
  CHECK(view_hash(R"([])") == "4f53cda18c2baa0c");
  CHECK(view_hash(R"({})") == "44136fa355b3678a");
  CHECK(view_hash(R"({"b":1.50,"a":"ț"})") == view_hash(R"({"a":"ț","b":1.5})"));
}

} // namespace btpay
