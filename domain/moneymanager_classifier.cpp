// The text rules of the system that btpay replaces, kept to the letter: also where they are odd. They were written with
// Python's `lower`, `strip` and regular expressions, so white space and digits are Unicode's.

#include "domain/classifier.hpp"
#include "domain/embedded.hpp"
#include "domain/unicode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace btpay {

namespace {

constexpr std::string_view marker = "bt pay";
constexpr auto markers = std::to_array<std::string_view>({marker, "portofel digital", "digital wallet"});

/// Python's `str.lower`, as far as it can make ASCII: all that is searched for is ASCII.
std::string lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    const auto c = take_code_point(text, at);
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c - 'A' + 'a');
    else if (c == 0x212A) // KELVIN SIGN
      out += 'k';
    else if (c == 0x0130) // I WITH DOT ABOVE becomes i and a combining dot
      out += "i\xcc\x87";
    else
      out += text.substr(start, at - start);
  }
  return out;
}

bool is_bt_pay(std::string_view lowered) {
  return std::ranges::any_of(markers, [&](auto each) { return lowered.find(each) != std::string_view::npos; });
}

/// Runs over code points from `at` while `wanted` holds. Gives where the last of them began, or `at` for none.
template <class Predicate>
std::size_t skip(std::string_view text, std::size_t& at, Predicate wanted) {
  auto last = at;
  while (at < text.size()) {
    auto next = at;
    if (!wanted(take_code_point(text, next)))
      break;
    last = at;
    at = next;
  }
  return last;
}

/// What follows one marker, which ends at `at`: `marker [:\s]* -? \s* ([^,]+)`, where the starred parts give back what
/// the capture lacks. Nothing where that does not match.
std::optional<std::string_view> capture_after(std::string_view text, std::size_t at) {
  const auto until_comma = [&](std::size_t from) { return text.substr(from, text.find(',', from) - from); };

  const auto colons_begin = at;
  const auto last_colon = skip(text, at, [](char32_t c) { return c == ':' || is_space(c); });
  const auto dash = at;
  const auto dashed = text.substr(at).starts_with('-');
  auto last_space = at;
  if (dashed)
    last_space = skip(text, ++at, is_space);

  if (const auto capture = until_comma(at); !capture.empty())
    return capture;
  if (dashed && at > dash + 1)
    return text.substr(last_space, at - last_space);
  if (dashed)
    return text.substr(dash, 1);
  if (at > colons_begin)
    return text.substr(last_colon, at - last_colon);
  return std::nullopt;
}

/// The bytes that `form` takes at `at`, where `d` is any decimal digit and all else is itself; 0 where it does not fit.
std::size_t match(std::string_view text, std::size_t at, std::string_view form) {
  const auto begin = at;
  for (const auto wanted : form) {
    if (at == text.size())
      return 0;
    const auto c = take_code_point(text, at);
    if (wanted == 'd' ? !is_decimal_digit(c) : c != static_cast<unsigned char>(wanted))
      return 0;
  }
  return at - begin;
}

std::string without_times_and_dates(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto matched = std::max(match(text, at, "dd:dd"), match(text, at, "dddd-dd-dd"));
    const auto start = at;
    if (matched > 0) {
      at += matched;
      continue;
    }
    take_code_point(text, at);
    out += text.substr(start, at - start);
  }
  return out;
}

/// Sought in the description itself, not in its lower-case form, which may differ in length.
std::string merchant_of(std::string_view description) {
  const auto same_letter = [](char c, char wanted) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == wanted; };
  auto from = description.begin();
  while (true) {
    const auto found = std::search(from, description.end(), marker.begin(), marker.end(), same_letter);
    if (found == description.end())
      return std::string(description);
    from = found + static_cast<std::ptrdiff_t>(marker.size());
    if (const auto capture = capture_after(description, static_cast<std::size_t>(from - description.begin())))
      return std::string(trim(without_times_and_dates(trim(*capture))));
  }
}

class moneymanager_classifier final : public classifier {
public:
  moneymanager_classifier() {
    const auto rules = nlohmann::json::parse(embedded::moneymanager_rules);
    for (const auto& name : rules.at("order")) {
      auto keywords = rules.at("keywords").at(name.get<std::string>()).get<std::vector<std::string>>();
      categories_.emplace_back(name.get<std::string>(), std::move(keywords));
    }
  }

  text_facts classify_text(std::optional<std::string_view> description) const override {
    if (!description || description->empty())
      return {};
    const auto lowered = lower(*description);
    return {is_bt_pay(lowered), merchant_of(*description), category_of(lowered)};
  }

  transaction_facts classify(const transaction& what) const override {
    auto facts = classify_text(what.description);
    return {facts.is_bt_pay, std::move(facts.merchant).value_or(""), std::move(facts.category)};
  }

private:
  std::optional<std::string> category_of(std::string_view lowered) const {
    for (const auto& [name, keywords] : categories_)
      for (const auto& keyword : keywords)
        if (lowered.find(keyword) != std::string_view::npos)
          return name;
    return std::nullopt;
  }

  std::vector<std::pair<std::string, std::vector<std::string>>> categories_; ///< the first that matches wins
};

} // namespace

classifier_ptr make_moneymanager_classifier() { return std::make_shared<moneymanager_classifier>(); }

} // namespace btpay
