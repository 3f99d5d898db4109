#include "domain/classifier.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <string>

using namespace btpay;
using namespace std::string_literals;

namespace {

const classifier& rules() {
  static const auto made = make_moneymanager_classifier();
  return *made;
}

text_facts facts_of(std::string_view description) { return rules().classify_text(description); }

std::string merchant_of(std::string_view description) {
  const auto merchant = facts_of(description).merchant;
  INFO(description);
  REQUIRE(merchant);
  return *merchant;
}

std::optional<std::string> category_of(std::string_view description) { return facts_of(description).category; }

} // namespace

TEST_CASE("the text rules give what the replaced system was seen to give") {
  std::ifstream file(BTPAY_GOLDEN_DIR "/moneymanager_functions.json");
  const auto vectors = nlohmann::json::parse(file);
  REQUIRE(vectors.size() == 49);
  for (const auto& each : vectors) {
    const auto text = [&each](const char* name) {
      return each.at(name).is_null() ? std::nullopt : std::optional(each.at(name).get<std::string>());
    };
    const auto description = text("description");
    const auto got = rules().classify_text(description ? std::optional<std::string_view>(*description) : std::nullopt);
    INFO(each.dump());
    CHECK(got == text_facts{each.at("is_bt_pay").get<bool>(), text("merchant"), text("category")});
  }
}

TEST_CASE("no description and an empty one tell nothing") {
  CHECK(rules().classify_text(std::nullopt) == text_facts{});
  CHECK(facts_of("") == text_facts{});
}

TEST_CASE("BT Pay is a plain substring in any case") {
  for (const auto* text : {"BT Pay", "xbt payx", "PORTOFEL DIGITAL", "myDigital Wallets", "BT PAYMENT"})
    CHECK(facts_of(text).is_bt_pay);
  for (const auto* text : {"BTPay", "BT-Pay", "BT  Pay", "BT\u00a0Pay", "bt\tpay", "portofel  digital",
                           "D\u0130GITAL WALLET", "bt p\u00e1y"})
    CHECK_FALSE(facts_of(text).is_bt_pay);
}

TEST_CASE("colons and white space, then one dash with white space after it, go before the merchant") {
  CHECK(merchant_of("BT Pay Lidl") == "Lidl");
  CHECK(merchant_of("BT PayLidl") == "Lidl");
  CHECK(merchant_of("BT Pay : : \t: Lidl") == "Lidl");
  CHECK(merchant_of("BT Pay:-Lidl") == "Lidl");
  CHECK(merchant_of("BT Pay - - Lidl") == "- Lidl");
  CHECK(merchant_of("BT Pay --Lidl") == "-Lidl");
  CHECK(merchant_of("BT Pay -: Lidl") == ": Lidl");
  CHECK(merchant_of("BT Pay \u2013 Lidl") == "\u2013 Lidl");
  CHECK(merchant_of("BT Pay\u2028:\u00a0-\u3000Lidl") == "Lidl");
  CHECK(merchant_of("BT Pay\x1c-\x1fLidl") == "Lidl");
  CHECK(merchant_of("BT Pay\u200bLidl") == "\u200bLidl");
  CHECK(merchant_of("BT Payments Ltd") == "ments Ltd");
}

TEST_CASE("the merchant ends at the first comma, and nowhere else") {
  CHECK(merchant_of("BT Pay - Lidl, Cluj, RO") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl\nCluj") == "Lidl\nCluj");
  CHECK(merchant_of("a, BT Pay Lidl") == "Lidl");
  CHECK(merchant_of("BT Pay Lidl bt pay Kaufland") == "Lidl bt pay Kaufland");
}

TEST_CASE("where nothing is left for the merchant, what went before is given back from its end") {
  CHECK(merchant_of("BT Pay - ,x").empty());
  CHECK(merchant_of("BT Pay -\t").empty());
  CHECK(merchant_of("BT Pay -,x") == "-");
  CHECK(merchant_of("BT Pay -") == "-");
  CHECK(merchant_of("BT Pay: ,x").empty());
  CHECK(merchant_of("BT Pay :,x") == ":");
  CHECK(merchant_of("BT Pay: ").empty());
  CHECK(merchant_of("BT Pay::") == ":");
  CHECK(merchant_of("BT Pay\u00a0").empty());
}

TEST_CASE("a marker with nothing at all after it gives way to the next one, or to the whole description") {
  CHECK(merchant_of("BT Pay,Lidl") == "BT Pay,Lidl");
  CHECK(merchant_of(" BT Pay") == " BT Pay");
  CHECK(merchant_of("BT Pay,bt pay Lidl") == "Lidl");
  CHECK(merchant_of("BT Pay,bt pay,BT PAY") == "BT Pay,bt pay,BT PAY");
  CHECK(merchant_of("bt paybt pay,") == "bt pay");
}

TEST_CASE("a description without the marker is its own merchant, untouched") {
  CHECK(merchant_of("  Lidl 12:30, x ") == "  Lidl 12:30, x ");
  CHECK(merchant_of("Portofel digital - Lidl, Cluj") == "Portofel digital - Lidl, Cluj");
  CHECK(merchant_of("BTPay - Lidl") == "BTPay - Lidl");
}

TEST_CASE("times and dates are cut out of the merchant, wherever they stand and in any digits") {
  CHECK(merchant_of("BT Pay Lidl 12:30") == "Lidl");
  CHECK(merchant_of("BT Pay Lidl 12:30 x") == "Lidl  x");
  CHECK(merchant_of("BT Pay Lidl 09:15:33") == "Lidl :33");
  CHECK(merchant_of("BT Pay Lidl 2026-02-04 x") == "Lidl  x");
  CHECK(merchant_of("BT Pay 123:456") == "16");
  CHECK(merchant_of("BT Pay 12026-02-041") == "11");
  CHECK(merchant_of("BT Pay 1:30 2:3") == "1:30 2:3");
  CHECK(merchant_of("BT Pay Lidl #1234") == "Lidl #1234");
  CHECK(merchant_of("BT Pay Lidl \u0661\u0662:\u0663\u0660") == "Lidl");
  CHECK(merchant_of("BT Pay Lidl \u0968\u0966\u0968\u096c-\u0966\u0968-\u0966\u096a") == "Lidl");
  CHECK(merchant_of("BT Pay Lidl \u00b2\u00b2:\u00b2\u00b2") == "Lidl \u00b2\u00b2:\u00b2\u00b2");
  CHECK(merchant_of("BT Pay 12:30").empty());
  CHECK(merchant_of("BT Pay 2026-02-0412:30").empty());
}

TEST_CASE("what is cut out is not sought again in what is left") {
  CHECK(merchant_of("BT Pay 112:302:30") == "12:30");
  CHECK(merchant_of("BT Pay 2012:3026-02-04") == "2026-02-04");
  CHECK(merchant_of("BT Pay 1234-56-78:12") == ":12");
}

TEST_CASE("the first category of the table with a keyword anywhere in the description wins") {
  CHECK(category_of("barber") == "food");
  CHECK(category_of("Barcelona Tours") == "food");
  CHECK(category_of("Booking.com") == "education");
  CHECK(category_of("HYPERMARKET") == "shopping");
  CHECK(category_of("gas station flight") == "transport");
  CHECK(category_of("gas flight") == "utilities");
  CHECK(category_of("BT Pay - x, pizza") == "food");
  CHECK(category_of("McDonald's") == std::nullopt);
  CHECK(category_of("mcdonalds") == "food");
  CHECK(category_of("Farmacia Catena") == std::nullopt);
}

TEST_CASE("the two letters whose lower case has ASCII in it count as Python counts them") {
  CHECK(category_of("BOO\u212a") == "education");
  CHECK(category_of("\u212aFC") == "food");
  CHECK(category_of("TAX\u0130") == "transport");
  CHECK(category_of("P\u0130ZZA") == std::nullopt);
  CHECK(category_of("bu\u017f") == std::nullopt);
}

TEST_CASE("a transaction counts where its description is BT Pay, whatever its amount and source") {
  transaction what;
  what.source = "bt_pay";
  what.merchant = "Lidl";
  what.mcc = 5411;
  what.category = "travel";
  what.amount.minor = -100;
  what.description = "Card Kaufland";
  CHECK_FALSE(rules().classify(what).counted);
  CHECK(rules().classify(what).merchant == "Card Kaufland");
  CHECK(rules().classify(what).category == std::nullopt);
  what.description = "BT Pay - Penny 12:30";
  what.amount.minor = 100;
  CHECK(rules().classify(what).counted);
  CHECK(rules().classify(what).merchant == "Penny");
  CHECK(rules().classify(what).category == "shopping");
  what.description = "";
  CHECK(rules().classify(what).merchant.empty());
}

TEST_CASE("no bytes make either classifier fail") {
  BTPAY_SEEDED(random);
  const auto defaults = make_default_classifier(shipped_rules());
  REQUIRE(defaults);
  const auto parts =
      std::to_array<std::string>({"bt pay", "BT Pay", ",", "-", ":", " ", "12:30", "\xc2", "\xf0\x9f", "\xff",
                                  "\xe2\x80\xa8", "\xc4\xb0", "\xed\xa0\x80", "card 1234", "bar", "\0"s});
  for (auto i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n)
      text += random() % 4 == 0 ? std::string(1, static_cast<char>(random())) : parts[random() % parts.size()];
    const auto facts = facts_of(text);
    REQUIRE(facts.merchant.has_value() == !text.empty());
    REQUIRE((*defaults)->classify_text(text).merchant.has_value() == !text.empty());
  }
}
