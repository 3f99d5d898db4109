#include "domain/classifier.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace btpay;

namespace {

classifier_ptr shipped() {
  static const auto made = make_default_classifier(shipped_rules());
  REQUIRE(made);
  return *made;
}

std::string merchant_of(std::string_view description) {
  const auto merchant = shipped()->classify_text(description).merchant;
  INFO(description);
  REQUIRE(merchant);
  return *merchant;
}

std::optional<std::string> category_of(std::string_view description) {
  INFO(description);
  return shipped()->classify_text(description).category;
}

bool is_bt_pay(std::string_view description) { return shipped()->classify_text(description).is_bt_pay; }

transaction payment(std::string description, std::int64_t minor = -100) {
  transaction made;
  made.source = "bank";
  made.amount.minor = minor;
  made.description = std::move(description);
  return made;
}

std::string refusal_of(std::string_view rules) {
  const auto made = make_default_classifier(rules);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::malformed);
  return made.error().message;
}

/// A rules file with one category of this content.
std::string refusal_of_category(const std::string& category) {
  return refusal_of(R"({"version":1,"bt_pay":["BT Pay"],"categories":[)" + category + "]}");
}

} // namespace

TEST_CASE("no description and an empty one tell nothing by the default rules too") {
  CHECK(shipped()->classify_text(std::nullopt) == text_facts{});
  CHECK(shipped()->classify_text("") == text_facts{});
}

TEST_CASE("BT Pay is recognised however a bank spells it, as whole words") {
  for (const auto* text :
       {"BT Pay", "bt pay: x", "BTPay", "BT-Pay", "BT  Pay", "BT\u00a0Pay", "BT\tPAY", "B\u0162 Pay",
        "Plat\u0103 cu BT Pay, x", "portofel  digital", "Portofel Digital", "(Digital Wallet)", "BT_Pay"})
    CHECK(is_bt_pay(text));
  for (const auto* text :
       {"BT PayPal", "subt pay", "BT", "Pay", "BT x Pay", "portofel", "digital wallets", "BTPayment"})
    CHECK_FALSE(is_bt_pay(text));
}

TEST_CASE("the merchant is what follows BT Pay and its separators, up to a comma") {
  CHECK(merchant_of("BT Pay - Lidl") == "Lidl");
  CHECK(merchant_of("BTPay - STB S.A.") == "STB S.A.");
  CHECK(merchant_of("BT-Pay::  Ceain\u0103ria   G\u00e2nduri") == "Ceain\u0103ria G\u00e2nduri");
  CHECK(merchant_of("BT\u00a0Pay\u00a0\u2013\u00a0Lidl") == "Lidl");
  CHECK(merchant_of("Plat\u0103 cu BT Pay: CARREFOUR MARKET Titan, ref 99") == "CARREFOUR MARKET Titan");
  CHECK(merchant_of("Portofel Digital - \u021a\u0103ranul Gospodar, Cluj") == "\u021a\u0103ranul Gospodar");
  CHECK(merchant_of("BT Pay , Lidl, Cluj") == "Lidl");
  CHECK(merchant_of("BT Pay - H&M") == "H&M");
}

TEST_CASE("times, dates and card numbers are not part of the merchant") {
  CHECK(merchant_of("BT Pay - Lidl 12:30") == "Lidl");
  CHECK(merchant_of("BT Pay - Penny Market 09:15:33, card 1234") == "Penny Market");
  CHECK(merchant_of("BT Pay - Lidl 2026-02-04 Cluj") == "Lidl Cluj");
  CHECK(merchant_of("BT Pay - Lidl 04.02.2026") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl 04/02/2026 9:15") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl 2026-02-04T12:30") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl card 1234") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl CARD ****1234") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl card xxxx1234 Cluj") == "Lidl Cluj");
  CHECK(merchant_of("BT Pay - Lidl #1234") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl ****1234") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl (12:30)") == "Lidl");
  CHECK(merchant_of("BT Pay - Lidl - 12:30") == "Lidl");
  CHECK(merchant_of("BT Pay 12:30 Lidl") == "Lidl");
}

TEST_CASE("numbers and words that only look like a time or a card stay in the merchant") {
  CHECK(merchant_of("BT Pay - Subway 12") == "Subway 12");
  CHECK(merchant_of("BT Pay - 18Gym") == "18Gym");
  CHECK(merchant_of("BT Pay - Card Avantaj") == "Card Avantaj");
  CHECK(merchant_of("BT Pay - Lidl 1234") == "Lidl 1234");
  CHECK(merchant_of("BT Pay - 5 to go") == "5 to go");
  CHECK(merchant_of("BT Pay - Shop #1") == "Shop #1");
}

TEST_CASE("where nothing follows BT Pay the merchant is what goes before, else the whole description") {
  CHECK(merchant_of("Lidl - portofel digital") == "Lidl");
  CHECK(merchant_of("Lidl, Cluj, BT Pay 12:30") == "Lidl");
  CHECK(merchant_of("BT Pay") == "BT Pay");
  CHECK(merchant_of("BT  Pay - 12:30") == "BT Pay - 12:30");
}

TEST_CASE("without BT Pay the merchant is the whole description, white space squeezed") {
  CHECK(merchant_of("  POS\t Lidl\u00a0 12:30, Cluj ") == "POS Lidl 12:30, Cluj");
}

TEST_CASE("categories are found by whole words, without regard to case, diacritics and apostrophes") {
  CHECK(category_of("BT Pay - McDonald's") == "food");
  CHECK(category_of("MCDONALD\u2019S 12") == "food");
  CHECK(category_of("mcdonalds") == "food");
  CHECK(category_of("c\u0103rture\u0219ti") == "education");
  CHECK(category_of("C\u0102RTURE\u015eTI") == "education");
  CHECK(category_of("Ca\u0306rtures\u0326ti") == "education");
  CHECK(category_of("FARMACIA TEI") == "health");
  CHECK(category_of("E.ON Energie") == "utilities");
  CHECK(category_of("EMAG.RO*12345") == "shopping");
  CHECK(category_of("Dr.Max") == "health");
  CHECK(category_of("\uff2c\uff29\uff24\uff2c") == "shopping");
  CHECK(category_of("Barcelona") == std::nullopt);
  CHECK(category_of("barber") == std::nullopt);
  CHECK(category_of("Business Center") == std::nullopt);
  CHECK(category_of("") == std::nullopt);
}

TEST_CASE("the longest phrase decides, not the first") {
  CHECK(category_of("Booking.com") == "travel");
  CHECK(category_of("Barcelona Tours") == "travel");
  CHECK(category_of("gas") == "utilities");
  CHECK(category_of("gas station") == "transport");
  CHECK(category_of("Bolt") == "transport");
  CHECK(category_of("Bolt Food") == "food");
  CHECK(category_of("Uber Eats") == "food");
  CHECK(category_of("metro") == "transport");
  CHECK(category_of("Metro Cash & Carry") == "shopping");
  CHECK(category_of("book") == "education");
  CHECK(category_of("pizza bar store") == "food");
}

TEST_CASE("equally long phrases are decided by the order of the table") {
  const auto made = make_default_classifier(R"({"version":1,"bt_pay":[],"categories":[
      {"name":"one","words":["aa","c\u0103c"]},{"name":"two","words":["bb","aa","\u0431\u0431\u0431"]}]})");
  REQUIRE(made);
  CHECK((*made)->classify_text("bb aa").category == "one");
  CHECK((*made)->classify_text("bb").category == "two");
  // Length is in characters, not in bytes.
  CHECK((*made)->classify_text("\u0431\u0431\u0431 cac").category == "one");
}

TEST_CASE("what Romanians pay for most has a category") {
  const std::pair<const char*, const char*> known[] = {{"Kaufland 1240 Cluj", "shopping"},
                                                       {"MEGA IMAGE 0234", "shopping"},
                                                       {"Profi Rom Food", "shopping"},
                                                       {"OMV 7711", "transport"},
                                                       {"Rompetrol Downstream", "transport"},
                                                       {"STB SA", "transport"},
                                                       {"Metrorex", "transport"},
                                                       {"CFR C\u0103l\u0103tori", "transport"},
                                                       {"Catena 12", "health"},
                                                       {"Sensiblu", "health"},
                                                       {"Help Net Farma", "health"},
                                                       {"eMAG", "shopping"},
                                                       {"Dedeman", "shopping"},
                                                       {"IKEA B\u0103neasa", "shopping"},
                                                       {"Netflix.com", "entertainment"},
                                                       {"Spotify P123", "entertainment"},
                                                       {"HBO Max", "entertainment"},
                                                       {"Orange Rom\u00e2nia", "utilities"},
                                                       {"Digi", "utilities"},
                                                       {"Hidroelectrica", "utilities"},
                                                       {"World Class", "fitness"},
                                                       {"Wizz Air", "travel"},
                                                       {"TAROM", "travel"},
                                                       {"Airbnb", "travel"},
                                                       {"5 to go", "food"},
                                                       {"Ted's Coffee", "food"},
                                                       {"Starbucks", "food"}};
  for (const auto& [description, category] : known) {
    INFO(description);
    CHECK(category_of(description) == std::string(category));
  }
}

TEST_CASE("the source's category goes before its code, the code before the text") {
  auto what = payment("BT Pay - Lidl");
  CHECK(shipped()->classify(what).category == "shopping");
  what.mcc = 5812;
  CHECK(shipped()->classify(what).category == "food");
  what.mcc = 3100;
  CHECK(shipped()->classify(what).category == "travel");
  what.mcc = 1;
  CHECK(shipped()->classify(what).category == "shopping");
  what.mcc = 5812;
  what.category = "groceries";
  CHECK(shipped()->classify(what).category == "groceries");
  what.category = "";
  CHECK(shipped()->classify(what).category == "food");
}

TEST_CASE("the merchant that a source names is taken, and its category before the description's") {
  auto what = payment("POS 99 restaurant");
  what.merchant = "  Kaufland \u00a0 Cluj ";
  CHECK(shipped()->classify(what).merchant == "Kaufland Cluj");
  CHECK(shipped()->classify(what).category == "shopping");
  what.merchant = " \t";
  CHECK(shipped()->classify(what).merchant == "POS 99 restaurant");
  CHECK(shipped()->classify(what).category == "food");
  what.description.clear();
  CHECK(shipped()->classify(what).merchant.empty());
}

TEST_CASE("every payment counts, and money that comes in only where it is a card's refund") {
  CHECK(shipped()->classify(payment("anything", -1)).counted);
  CHECK(shipped()->classify(payment("anything", 0)).counted);
  CHECK_FALSE(shipped()->classify(payment("salary", 1)).counted);
  CHECK(shipped()->classify(payment("BT Pay - Lidl", 1)).counted);

  auto refund = payment("x", 1);
  refund.mcc = 5411;
  CHECK(shipped()->classify(refund).counted);
  refund = payment("x", 1);
  refund.merchant = "Lidl";
  CHECK(shipped()->classify(refund).counted);
  refund.merchant = "";
  CHECK_FALSE(shipped()->classify(refund).counted);
  for (const auto* source : {"bt_pay", "BTPay", "BT-PAY"}) {
    refund.source = source;
    CHECK(shipped()->classify(refund).counted);
  }
}

TEST_CASE("a rules file that is wrong is refused with the place of the mistake") {
  CHECK(refusal_of("{").substr(0, 16) == "rules: not JSON:");
  CHECK(refusal_of("[]") == "rules: must be an object");
  CHECK(refusal_of(R"({"version":1,"bt_pay":[],"categories":[],"extra":1})") ==
        "rules: has a member 'extra' that does not exist");
  CHECK(refusal_of("{}") == "version: must be 1");
  CHECK(refusal_of(R"({"version":2,"bt_pay":[],"categories":[]})") == "version: must be 1");
  CHECK(refusal_of(R"({"version":1,"categories":[]})") == "bt_pay: must be a list");
  CHECK(refusal_of(R"({"version":1,"bt_pay":["a",1],"categories":[]})") == "bt_pay[1]: must be text");
  CHECK(refusal_of(R"({"version":1,"bt_pay":[],"categories":{}})") == "categories: must be a list");
  CHECK(refusal_of_category("1") == "categories[0]: must be an object");
  CHECK(refusal_of_category(R"({"words":[]})") == "categories[0].name: must be a text that is not empty");
  CHECK(refusal_of_category(R"({"name":" ","words":[]})") == "categories[0].name: must be a text that is not empty");
  CHECK(refusal_of_category(R"({"name":")" + std::string(65, 'x') + R"(","words":[]})") ==
        "categories[0].name: is longer than 64 bytes");
  CHECK(refusal_of_category(R"({"name":"a"})") == "categories[0].words: must be a list");
  CHECK(refusal_of_category(R"({"name":"a","words":["b","c",7]})") == "categories[0].words[2]: must be text");
  CHECK(refusal_of_category(R"({"name":"a","words":["b","'-'"]})") == "categories[0].words[1]: has no letter or digit");
  CHECK(refusal_of_category(R"({"name":"a","words":[]},{"name":"a","words":[]})") ==
        "categories[1].name: is the name of an earlier category");
  CHECK(refusal_of_category(R"({"name":"a","words":[],"word":[]})") ==
        "categories[0]: has a member 'word' that does not exist");
}

TEST_CASE("a merchant category code that is wrong or taken is refused with its place") {
  for (const auto* code :
       {"10000", "-1", "1.5", "\"54\"", "\"5411-\"", "\"5411-5400\"", "\"541a\"", "null", "\"54111\""})
    CHECK(refusal_of_category(R"({"name":"a","words":[],"mcc":[)" + std::string(code) + "]}") ==
          "categories[0].mcc[0]: must be a code such as 5411 or a range such as \"3000-3299\"");
  for (const auto* code : {"5411", "\"5000-5411\"", "\"5412-6000\"", "\"5000-6000\""})
    CHECK(refusal_of_category(R"({"name":"a","words":[],"mcc":["5411-5412"]},{"name":"b","words":[],"mcc":[1,)" +
                              std::string(code) + "]}") == "categories[1].mcc[1]: has a code that 'a' has already");
}
