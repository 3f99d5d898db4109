#pragma once
/// Reads the members of a JSON object strictly, and keeps the first thing that is wrong with them. Numbers keep their
/// text, so an amount that comes as one is exact. Pure; no CAF.

#include "domain/errc.hpp"
#include "domain/money.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// A document whose fractional numbers are kept as their text (as `binary`, which JSON itself cannot make); discarded
/// where it is not JSON or nests deeper than a command may.
nlohmann::json parse_exactly(std::string_view text);

/// Lives within one reading; the object must outlive it. A member that is null is one that is not there. What the
/// functions give after something was wrong means nothing.
class member_reader {
public:
  /// `path` is what stands before a member's name in messages, such as `budgets[2].`.
  explicit member_reader(const nlohmann::json& object, std::string path = {})
      : object_(object), path_(std::move(path)) {}

  std::string text(const char* name, std::size_t bytes_max);
  std::uint64_t id(const char* name);
  bool flag(const char* name, bool otherwise);
  /// The members `amount` and `currency`.
  money amount();
  /// The objects of a list; empty where it is not there.
  std::vector<const nlohmann::json*> objects(const char* name, std::size_t count_max);
  /// The ids of a list.
  std::vector<std::uint64_t> ids(const char* name, std::size_t count_max);

  /// Null where it is not there.
  const nlohmann::json* find(const char* name) const;

  void fail(errc code, std::string message);
  void take_failure(const member_reader& of);
  const std::optional<refusal>& wrong() const noexcept { return wrong_; }
  std::string quoted(std::string_view name) const;

private:
  const nlohmann::json* need(const char* name);
  std::optional<std::uint64_t> id_of(const nlohmann::json& value) const;
  const nlohmann::json* list(const char* name, std::size_t count_max);

  const nlohmann::json& object_;
  std::string path_;
  std::optional<refusal> wrong_;
};

} // namespace btpay
