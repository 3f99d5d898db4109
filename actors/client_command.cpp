#include "actors/client_command.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace btpay {

namespace {

/// Listens to the parser for the top-level member "command" alone: no tree is built.
class command_finder : public nlohmann::json_sax<nlohmann::json> {
public:
  bool is_object = false;
  bool has_command = false;
  std::optional<std::string> command; ///< absent where it is not a string

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool string(string_t& text) override {
    if (depth_ == 1 && expecting_)
      command = std::move(text);
    return value();
  }
  bool start_object(std::size_t) override {
    is_object |= depth_ == 0;
    return enter();
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    expecting_ = depth_ == 1 && name == "command";
    if (expecting_) {
      has_command = true;
      command.reset(); // Of two members of one name the last counts, as in every JSON library.
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

private:
  bool value() {
    expecting_ = false;
    return true;
  }
  bool enter() {
    ++depth_;
    return value();
  }
  bool leave() {
    --depth_;
    return value();
  }

  std::size_t depth_ = 0;
  bool expecting_ = false;
};

constexpr std::array<std::pair<std::string_view, client_command>, 6> names{{
    {"ping", client_command::ping},
    {"request_data", client_command::request_data},
    {"request_pending", client_command::request_pending},
    {"request_hourly", client_command::request_hourly},
    {"request_categories", client_command::request_categories},
    {"auto_categorize", client_command::auto_categorize},
}};

} // namespace

result<client_command> parse_client_command(std::string_view text) {
  command_finder finder;
  if (!nlohmann::json::sax_parse(text, &finder))
    return refuse(errc::malformed, R"(not JSON: send an object such as {"command":"ping"})");
  if (!finder.is_object)
    return refuse(errc::wrong_type, R"(not an object: send one such as {"command":"ping"})");
  if (!finder.has_command)
    return refuse(errc::missing_field, R"(no "command": send an object such as {"command":"ping"})");
  if (!finder.command)
    return refuse(errc::wrong_type, R"("command" is not a string)");
  for (const auto& [name, command] : names)
    if (*finder.command == name)
      return command;
  return refuse(errc::unknown_command, "no such command: use ping, request_data, request_pending, request_hourly, "
                                       "request_categories or auto_categorize");
}

} // namespace btpay
