#include "actors/client_command.hpp"

#include "actors/member_reader.hpp"
#include "actors/question_form.hpp"
#include "actors/subscribe_form.hpp"
#include "domain/limits.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace btpay {

namespace {

/// Listens to the parser for the top-level members "command" and "ref" alone: no tree is built.
class command_finder : public nlohmann::json_sax<nlohmann::json> {
public:
  bool is_object = false;
  bool has_command = false;
  std::optional<std::string> command; ///< absent where it is not a string
  bool has_ref = false;
  std::optional<std::string> ref; ///< the same

  bool null() override {
    if (expecting_ == &ref)
      has_ref = false;
    return value();
  }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool string(string_t& text) override {
    if (expecting_)
      *expecting_ = std::move(text);
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
    if (depth_ != 1)
      return true;
    if (name == "command")
      await(command, has_command);
    else if (name == "ref")
      await(ref, has_ref);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

private:
  /// Of two members of one name the last counts, as in every JSON library.
  void await(std::optional<std::string>& member, bool& is_there) {
    is_there = true;
    member.reset();
    expecting_ = &member;
  }
  bool value() {
    expecting_ = nullptr;
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
  std::optional<std::string>* expecting_ = nullptr; ///< the member whose value comes next
};

transaction_id transaction_of(member_reader& members, const char* name) { return transaction_id{members.id(name)}; }

money positive_amount(member_reader& members) {
  const auto amount = members.amount();
  if (!members.wrong() && amount.minor <= 0)
    members.fail(errc::invalid_value, members.quoted("amount") + " must be above 0");
  return amount;
}

set_alerts read_alerts(member_reader& members) {
  alerts_set wanted;
  if (const auto* large = members.find("large_from")) {
    if (large->is_object()) {
      member_reader inside(*large, "large_from.");
      wanted.large_from = positive_amount(inside);
      members.take_failure(inside);
    } else {
      members.fail(errc::wrong_type, R"("large_from" must be an object such as {"amount":500,"currency":"RON"})");
    }
  }
  std::size_t index = 0;
  for (const auto* each : members.objects("budgets", budgets_max)) {
    member_reader inside(*each, "budgets[" + std::to_string(index++) + "].");
    auto category = inside.text("category", limits::category_bytes_max);
    wanted.budgets.push_back({std::move(category), positive_amount(inside)});
    members.take_failure(inside);
  }
  wanted.new_merchant = members.flag("new_merchant", false);
  return {std::move(wanted)};
}

clear_notifications read_cleared(member_reader& members, notification_cleared::manner how) {
  clear_notifications order;
  order.how = how;
  const auto several = members.ids("ids", cleared_ids_max);
  for (const auto id : several)
    order.ids.push_back(notification_id{id});
  if (!members.find("ids"))
    order.ids.push_back(notification_id{members.id("id")});
  return order;
}

using how_cleared = notification_cleared::manner;

/// A command of a user's own decision, and how its members are read.
struct decision_form {
  std::string_view name;
  command (*read)(member_reader&);
};

constexpr std::array decision_forms{
    decision_form{"categorize",
                  [](member_reader& m) -> command {
                    const auto id = transaction_of(m, "id");
                    auto category = m.text("category", limits::category_bytes_max);
                    return categorize{id, std::move(category), m.flag("remember", false)};
                  }},
    decision_form{"uncategorize", [](member_reader& m) -> command { return uncategorize{transaction_of(m, "id")}; }},
    decision_form{"remove", [](member_reader& m) -> command { return remove_transaction{transaction_of(m, "id")}; }},
    decision_form{"restore", [](member_reader& m) -> command { return restore_transaction{transaction_of(m, "id")}; }},
    decision_form{"match",
                  [](member_reader& m) -> command {
                    const auto booked = transaction_of(m, "booked");
                    return match_transactions{booked, transaction_of(m, "pending")};
                  }},
    decision_form{"unmatch",
                  [](member_reader& m) -> command { return unmatch_transaction{transaction_of(m, "booked")}; }},
    decision_form{"decline", [](member_reader& m) -> command { return decline_match{transaction_of(m, "booked")}; }},
    decision_form{
        "forget",
        [](member_reader& m) -> command { return forget_merchant{m.text("merchant", limits::merchant_bytes_max)}; }},
    decision_form{"set_alerts", [](member_reader& m) -> command { return read_alerts(m); }},
    decision_form{"ack", [](member_reader& m) -> command { return read_cleared(m, how_cleared::acknowledged); }},
    decision_form{"read", [](member_reader& m) -> command { return read_cleared(m, how_cleared::read); }},
};

/// The commands that have no members.
std::optional<client_command> without_members(std::string_view name) {
  if (name == "ping")
    return ping{};
  if (name == "request_data")
    return request_view{view_kind::dashboard};
  if (name == "request_pending")
    return request_view{view_kind::pending};
  if (name == "request_hourly")
    return request_view{view_kind::hourly};
  if (name == "request_categories")
    return request_view{view_kind::categories};
  if (name == "request_review")
    return request_review{};
  if (name == "auto_categorize")
    return auto_categorize{};
  return std::nullopt;
}

result<client_command> read_decision(const decision_form& form, std::string_view text) {
  const auto document = parse_exactly(text);
  if (!document.is_object())
    return refuse(errc::malformed, "nested too deep for a command");
  member_reader members(document);
  auto what = form.read(members);
  if (members.wrong())
    return tl::unexpected(*members.wrong());
  return user_decision{form.name, std::move(what)};
}

/// A command whose members are read by a function of its own.
result<client_command> read_form(std::string_view text, result<client_command> (*read)(const nlohmann::json&)) {
  const auto document = parse_exactly(text);
  if (!document.is_object())
    return refuse(errc::malformed, "nested too deep for a command");
  return read(document);
}

result<client_command> read_command(const std::string& name, std::string_view text) {
  if (auto simple = without_members(name))
    return std::move(*simple);
  if (name == "subscribe")
    return read_form(text, read_subscribe);
  if (name == "explain")
    return read_form(text, read_explain);
  if (name == "as_of")
    return read_form(text, read_as_of);
  for (const auto& form : decision_forms)
    if (form.name == name)
      return read_decision(form, text);
  return refuse(errc::unknown_command, "no such command: docs/PROTOCOL.md lists them, such as ping, request_data, "
                                       "auto_categorize and categorize");
}

} // namespace

client_request read_client_request(std::string_view text) {
  const auto refused = [](errc code, std::string why) { return client_request{{}, refuse(code, std::move(why))}; };
  command_finder finder;
  if (!nlohmann::json::sax_parse(text, &finder))
    return refused(errc::malformed, R"(not JSON: send an object such as {"command":"ping"})");
  if (!finder.is_object)
    return refused(errc::wrong_type, R"(not an object: send one such as {"command":"ping"})");
  if (finder.has_ref && !finder.ref)
    return refused(errc::wrong_type, R"("ref" is not a string)");
  if (finder.ref && finder.ref->size() > ref_bytes_max)
    return refused(errc::too_long, R"("ref" is longer than )" + std::to_string(ref_bytes_max) + " bytes");
  client_request read{std::move(finder.ref).value_or(std::string()), client_command{ping{}}};
  if (!finder.has_command)
    read.asked = refuse(errc::missing_field, R"(no "command": send an object such as {"command":"ping"})");
  else if (!finder.command)
    read.asked = refuse(errc::wrong_type, R"("command" is not a string)");
  else
    read.asked = read_command(*finder.command, text);
  return read;
}

} // namespace btpay
