#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <string>

namespace btpay::replay {

int text(const policies& rules) {
  using json = nlohmann::ordered_json;
  const auto or_null = [](const std::optional<std::string>& value) { return value ? json(*value) : json(nullptr); };
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    const auto input = json::parse(line, nullptr, false);
    if (!input.is_string() && !input.is_null())
      return fail(program, "line " + std::to_string(number) + " is neither a JSON string nor null");
    const auto* description = input.is_string() ? &input.get_ref<const std::string&>() : nullptr;
    const auto facts =
        rules.views.rules->classify_text(description ? std::optional<std::string_view>(*description) : std::nullopt);
    const json output{
        {"is_bt_pay", facts.is_bt_pay}, {"merchant", or_null(facts.merchant)}, {"category", or_null(facts.category)}};
    std::cout << output.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  }
  return exit_done;
}

} // namespace btpay::replay
