#include "actors/member_reader.hpp"

#include <utility>

namespace btpay {

namespace {

using nlohmann::json;

constexpr std::size_t depth_max = 16;

/// Builds the tree itself, since the library's own builder forgets the text of a number.
class exact_builder : public nlohmann::json_sax<json> {
public:
  json root = json(json::value_t::discarded);

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t, const string_t& text) override {
    return put(json::binary(std::vector<std::uint8_t>(text.begin(), text.end())));
  }
  bool string(string_t& text) override { return put(std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return enter(json::object()); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(json::array()); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

private:
  json* place(json value) {
    if (open_.empty())
      return &(root = std::move(value));
    auto& inside = *open_.back();
    if (inside.is_array()) {
      inside.push_back(std::move(value));
      return &inside.back();
    }
    // Of two members of one name the last counts, as in every JSON library.
    return &(inside[key_] = std::move(value));
  }
  bool put(json value) {
    place(std::move(value));
    return true;
  }
  bool enter(json empty) {
    if (open_.size() >= depth_max)
      return false;
    open_.push_back(place(std::move(empty)));
    return true;
  }
  bool leave() {
    open_.pop_back();
    return true;
  }

  std::vector<json*> open_; ///< nothing is added to a container while one inside it is open, so these stay valid
  std::string key_;
};

} // namespace

json parse_exactly(std::string_view text) {
  exact_builder builder;
  if (!json::sax_parse(text, &builder))
    return json(json::value_t::discarded);
  return std::move(builder.root);
}

std::string member_reader::quoted(std::string_view name) const { return "\"" + path_ + std::string(name) + "\""; }

void member_reader::fail(errc code, std::string message) {
  if (!wrong_)
    wrong_ = refusal{code, std::move(message)};
}

void member_reader::take_failure(const member_reader& of) {
  if (of.wrong_)
    fail(of.wrong_->code, of.wrong_->message);
}

const json* member_reader::find(const char* name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const json* member_reader::need(const char* name) {
  const auto* found = find(name);
  if (!found)
    fail(errc::missing_field, quoted(name) + " is missing");
  return found;
}

std::string member_reader::text(const char* name, std::size_t bytes_max) {
  const auto* found = need(name);
  if (!found)
    return {};
  if (!found->is_string()) {
    fail(errc::wrong_type, quoted(name) + " must be a string");
    return {};
  }
  const auto& value = found->get_ref<const std::string&>();
  if (value.empty())
    fail(errc::invalid_value, quoted(name) + " is empty");
  if (value.size() > bytes_max)
    fail(errc::too_long, quoted(name) + " is longer than " + std::to_string(bytes_max) + " bytes");
  return value;
}

std::optional<std::uint64_t> member_reader::id_of(const json& value) const {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0)
    return std::nullopt;
  return value.get<std::uint64_t>();
}

std::uint64_t member_reader::id(const char* name) {
  const auto* found = need(name);
  if (!found)
    return 0;
  const auto value = id_of(*found);
  if (!value)
    fail(errc::wrong_type, quoted(name) + " must be an id: a whole number from 1");
  return value.value_or(0);
}

bool member_reader::flag(const char* name, bool otherwise) {
  const auto* found = find(name);
  if (!found)
    return otherwise;
  if (!found->is_boolean()) {
    fail(errc::wrong_type, quoted(name) + " must be true or false");
    return otherwise;
  }
  return found->get<bool>();
}

money member_reader::amount() {
  const auto code = text("currency", 3);
  const auto* found = need("amount");
  if (wrong_)
    return {};
  const auto unit = currency::parse(code);
  if (!unit) {
    fail(unit.error().code, unit.error().message);
    return {};
  }
  std::string decimal;
  if (found->is_string())
    decimal = found->get<std::string>();
  else if (found->is_binary())
    decimal.assign(found->get_binary().begin(), found->get_binary().end());
  else if (found->is_number_integer())
    decimal = found->dump();
  else
    fail(errc::wrong_type, quoted("amount") + " must be a decimal number or a string of one");
  if (wrong_)
    return {};
  const auto value = parse_money(decimal, *unit);
  if (!value)
    fail(value.error().code, quoted("amount") + ": " + value.error().message);
  return value.value_or(money{});
}

const json* member_reader::list(const char* name, std::size_t count_max) {
  const auto* found = find(name);
  if (!found)
    return nullptr;
  if (!found->is_array()) {
    fail(errc::wrong_type, quoted(name) + " must be a list");
    return nullptr;
  }
  if (found->size() > count_max) {
    fail(errc::too_long, quoted(name) + " has more than " + std::to_string(count_max) + " members");
    return nullptr;
  }
  return found;
}

std::vector<const json*> member_reader::objects(const char* name, std::size_t count_max) {
  std::vector<const json*> members;
  if (const auto* found = list(name, count_max))
    for (const auto& member : *found) {
      if (!member.is_object())
        fail(errc::wrong_type, quoted(name) + " must be a list of objects");
      else
        members.push_back(&member);
    }
  return members;
}

std::vector<std::uint64_t> member_reader::ids(const char* name, std::size_t count_max) {
  std::vector<std::uint64_t> all;
  if (const auto* found = list(name, count_max))
    for (const auto& member : *found) {
      if (const auto value = id_of(member))
        all.push_back(*value);
      else
        fail(errc::wrong_type, quoted(name) + " must be a list of ids: whole numbers from 1");
    }
  return all;
}

} // namespace btpay
