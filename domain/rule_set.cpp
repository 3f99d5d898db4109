#include "domain/rule_set.hpp"

#include "domain/limits.hpp"
#include "domain/unicode.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <utility>

namespace btpay {

namespace {

using nlohmann::json;

/// Stays inside this file: `read_rule_set` makes a refusal of it.
struct bad_rules : std::runtime_error {
  bad_rules(const std::string& place, const std::string& what) : std::runtime_error(place + ": " + what) {}
};

std::string place_of(const std::string& list, std::size_t i) { return list + "[" + std::to_string(i) + "]"; }

void check_members(const json& object, const std::string& place, std::initializer_list<std::string_view> allowed) {
  if (!object.is_object())
    throw bad_rules(place, "must be an object");
  for (const auto& [name, value] : object.items())
    if (std::ranges::find(allowed, name) == allowed.end())
      throw bad_rules(place, "has a member '" + name + "' that does not exist");
}

const json& list_at(const json& object, const char* name, const std::string& place) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array())
    throw bad_rules(place, "must be a list");
  return *found;
}

void add_phrases(phrase_index& index, const json& list, const std::string& place, std::uint32_t value) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_string())
      throw bad_rules(place_of(place, i), "must be text");
    if (!index.add(list[i].get_ref<const std::string&>(), value))
      throw bad_rules(place_of(place, i), "has no letter or digit");
  }
}

std::optional<std::uint16_t> to_mcc(std::string_view digits) {
  std::uint16_t code = 0;
  if (digits.size() != 4)
    return std::nullopt;
  for (const auto c : digits) {
    if (c < '0' || c > '9')
      return std::nullopt;
    code = static_cast<std::uint16_t>(10 * code + (c - '0'));
  }
  return code;
}

/// `5411`, `"5411"` or `"3000-3299"`.
rule_set::mcc_range read_mcc_range(const json& entry, const std::string& place, std::uint32_t category) {
  if (entry.is_number_unsigned() && entry.get<std::uint64_t>() <= limits::mcc_max) {
    const auto code = entry.get<std::uint16_t>();
    return {code, code, category};
  }
  if (entry.is_string()) {
    const std::string_view text = entry.get_ref<const std::string&>();
    const auto dash = text.find('-');
    const auto first = to_mcc(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : to_mcc(text.substr(dash + 1));
    if (first && last && *first <= *last)
      return {*first, *last, category};
  }
  throw bad_rules(place, "must be a code such as 5411 or a range such as \"3000-3299\"");
}

void add_mccs(rule_set& rules, const json& list, const std::string& place, std::uint32_t category) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto range = read_mcc_range(list[i], place_of(place, i), category);
    const auto next = std::ranges::lower_bound(rules.mccs, range.first, {}, &rule_set::mcc_range::last);
    if (next != rules.mccs.end() && next->first <= range.last)
      throw bad_rules(place_of(place, i), "has a code that '" + rules.categories[next->category] + "' has already");
    rules.mccs.insert(next, range);
  }
}

std::string read_name(const json& category, const std::string& place, const std::vector<std::string>& taken) {
  const auto found = category.find("name");
  if (found == category.end() || !found->is_string() || trim(found->get_ref<const std::string&>()).empty())
    throw bad_rules(place, "must be a text that is not empty");
  auto name = found->get<std::string>();
  if (name.size() > limits::category_bytes_max)
    throw bad_rules(place, "is longer than " + std::to_string(limits::category_bytes_max) + " bytes");
  if (std::ranges::find(taken, name) != taken.end())
    throw bad_rules(place, "is the name of an earlier category");
  return name;
}

void add_category(rule_set& rules, const json& category, const std::string& place) {
  check_members(category, place, {"name", "words", "mcc", "comment"});
  const auto index = static_cast<std::uint32_t>(rules.categories.size());
  rules.categories.push_back(read_name(category, place + ".name", rules.categories));
  add_phrases(rules.words, list_at(category, "words", place + ".words"), place + ".words", index);
  if (category.contains("mcc"))
    add_mccs(rules, list_at(category, "mcc", place + ".mcc"), place + ".mcc", index);
}

rule_set read(std::string_view text) {
  const auto file = json::parse(text);
  check_members(file, "rules", {"version", "bt_pay", "categories", "comment"});
  if (const auto version = file.find("version"); version == file.end() || *version != 1)
    throw bad_rules("version", "must be 1");
  rule_set rules;
  add_phrases(rules.bt_pay, list_at(file, "bt_pay", "bt_pay"), "bt_pay", 0);
  const auto& categories = list_at(file, "categories", "categories");
  for (std::size_t i = 0; i < categories.size(); ++i)
    add_category(rules, categories[i], place_of("categories", i));
  return rules;
}

} // namespace

result<rule_set> read_rule_set(std::string_view text) {
  try {
    return read(text);
  } catch (const json::exception& e) {
    return refuse(errc::malformed, std::string("rules: not JSON: ") + e.what());
  } catch (const bad_rules& e) {
    return refuse(errc::malformed, e.what());
  }
}

} // namespace btpay
