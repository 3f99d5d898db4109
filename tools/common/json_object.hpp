#pragma once
/// Values and objects of JSON as the lines of an exported log have them: each is written and read by one list of
/// members. Reading is total: what does not fit throws `bad_line`, to be caught by who reads the line.

#include "domain/event.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace btpay::lines {

using json = nlohmann::ordered_json;

/// Why a line cannot be taken.
struct bad_line {
  std::string why;
};

/// T or const T, so that one list of members serves both ways.
template <class E, class T>
concept maybe_const = std::same_as<std::remove_const_t<E>, T>;

template <class T>
concept numbered = std::is_enum_v<T> && std::same_as<std::underlying_type_t<T>, std::uint64_t>;

// -- the names of enumerators, in their order -------------------------------------------------------------------------

constexpr std::array<std::string_view, 4> names_of(transaction_status) {
  return {"pending", "synced", "duplicated", "ignored"};
}
constexpr std::array<std::string_view, 2> names_of(bank_status) { return {"booked", "pending"}; }
constexpr std::array<std::string_view, 4> names_of(notification_level) {
  return {"info", "success", "warning", "error"};
}
constexpr std::array<std::string_view, 2> names_of(transaction_removed::author) { return {"source", "user"}; }
constexpr std::array<std::string_view, 2> names_of(transaction_categorized::author) { return {"rule", "user"}; }
constexpr std::array<std::string_view, 3> names_of(transaction_matched::author) { return {"link", "rule", "user"}; }
constexpr std::array<std::string_view, 2> names_of(notification_cleared::manner) { return {"acknowledged", "read"}; }

template <class T>
concept named = requires(T value) {
  names_of(value);
};

// -- values -----------------------------------------------------------------------------------------------------------

const std::string& text_in(const json& value, const char* what);
std::uint64_t unsigned_in(const json& value, std::uint64_t largest);

json to_value(const std::string& text); ///< what is no text for JSON is told by its bytes
json to_value(bool value);
json to_value(std::uint16_t value);
json to_value(instant when); ///< what lies outside of the years that can be written is told in microseconds
json to_value(const currency& unit);
json amount_of(const money& sum);
template <numbered T>
json to_value(T id) {
  return raw(id);
}
template <named T>
json to_value(T value) {
  return names_of(value)[static_cast<std::size_t>(value)];
}

void from_value(const json& value, std::string& text);
void from_value(const json& value, bool& truth);
void from_value(const json& value, std::uint16_t& number);
void from_value(const json& value, instant& when);
void from_value(const json& value, currency& unit);
void amount_from(const json& value, money& sum); ///< of the currency that `sum` has
template <numbered T>
void from_value(const json& value, T& id) {
  id = T{unsigned_in(value, UINT64_MAX)};
}
template <named T>
void from_value(const json& value, T& into) {
  const auto names = names_of(into);
  const auto& text = text_in(value, "a name");
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) {
      into = static_cast<T>(i);
      return;
    }
  throw bad_line{"is none of the names that it may have"};
}

// -- objects ----------------------------------------------------------------------------------------------------------

class object_writer {
public:
  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = to_value(value);
  }
  template <class T>
  void operator()(const char* name, const std::optional<T>& value) {
    if (value)
      (*this)(name, *value);
  }
  /// Left out where it is false or empty.
  template <class T>
  void unless_none(const char* name, const T& value) {
    if (value != T{})
      (*this)(name, value);
  }
  void sum(const money& value) {
    object_["amount"] = amount_of(value);
    (*this)("currency", value.unit);
  }
  void sum(const std::optional<money>& value) {
    if (value)
      sum(*value);
  }
  template <class T>
  void object(const char* name, const T& value);
  template <class T>
  void object(const char* name, const std::optional<T>& value) {
    if (value)
      object(name, *value);
  }
  template <class T>
  void list(const char* name, const std::vector<T>& values);

  json take() { return std::move(object_); }

private:
  json object_ = json::object();
};

class object_reader {
public:
  explicit object_reader(const json& object) : object_(object) {
    if (!object.is_object())
      throw bad_line{"is not an object"};
  }

  template <class T>
  void operator()(const char* name, T& value) {
    read(name, [&value](const json& given) { from_value(given, value); });
  }
  template <class T>
  void operator()(const char* name, std::optional<T>& value) {
    if (object_.contains(name))
      (*this)(name, value.emplace());
  }
  template <class T>
  void unless_none(const char* name, T& value) {
    if (object_.contains(name))
      (*this)(name, value);
  }
  void sum(money& value) {
    (*this)("currency", value.unit);
    read("amount", [&value](const json& given) { amount_from(given, value); });
  }
  void sum(std::optional<money>& value) {
    if (object_.contains("amount"))
      sum(value.emplace());
  }
  template <class T>
  void object(const char* name, T& value);
  template <class T>
  void object(const char* name, std::optional<T>& value) {
    if (object_.contains(name))
      object(name, value.emplace());
  }
  template <class T>
  void list(const char* name, std::vector<T>& values);

private:
  template <class Take>
  void read(const char* name, const Take& take) {
    const auto found = object_.find(name);
    if (found == object_.end())
      throw bad_line{std::string("`") + name + "` is missing"};
    try {
      take(*found);
    } catch (const bad_line& wrong) {
      if (wrong.why.starts_with('`')) // told by a member of it
        throw;
      throw bad_line{std::string("`") + name + "` " + wrong.why};
    }
  }

  const json& object_;
};

/// An object from a list of members, and back. The list is found by the type.
template <class T>
json to_object(const T& value) {
  object_writer writer;
  members(writer, value);
  return writer.take();
}

template <class T>
void from_object(const json& given, T& value) {
  object_reader reader{given};
  members(reader, value);
}

template <class T>
void object_writer::object(const char* name, const T& value) {
  object_[name] = to_object(value);
}
template <class T>
void object_writer::list(const char* name, const std::vector<T>& values) {
  auto array = json::array();
  for (const auto& each : values)
    if constexpr (numbered<T>)
      array.push_back(to_value(each));
    else
      array.push_back(to_object(each));
  object_[name] = std::move(array);
}
template <class T>
void object_reader::object(const char* name, T& value) {
  read(name, [&value](const json& given) { from_object(given, value); });
}
template <class T>
void object_reader::list(const char* name, std::vector<T>& values) {
  read(name, [&values](const json& given) {
    if (!given.is_array())
      throw bad_line{"is not a list"};
    for (const auto& each : given)
      if constexpr (numbered<T>)
        from_value(each, values.emplace_back());
      else
        from_object(each, values.emplace_back());
  });
}

} // namespace btpay::lines
