#pragma once
/// Puts one ingestion row together from the members that a parser meets, and says what is wrong with it.

#include "actors/ingestion.hpp"
#include "domain/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace btpay {

/// Fed by the parser in the order of the text. Members that are not known are skipped, with all that is in them.
class row_builder {
public:
  void begin() { *this = row_builder{}; }

  /// The next value belongs to this member; `level` 1 is the row itself, 2 an object inside it.
  void key(std::string_view name, std::size_t level);

  void string(std::string&& text);
  void number(const std::string& text);
  void boolean(bool value);
  void null();
  /// An array, or an object where none belongs.
  void other();
  void start_object();
  void end_object() { in_account_ = false; }

  /// Whether the member at hand is "transactions".
  bool awaits_transactions() const noexcept { return field_ == field::transactions; }

  /// The row, or the first thing that is wrong with it.
  ingestion_row finish();

private:
  enum class field : std::uint8_t {
    unknown,
    user,
    source,
    external_id,
    date,
    amount,
    currency,
    description,
    merchant,
    mcc,
    bank_status,
    status,
    category,
    linked,
    replaces,
    withdrawn,
    transactions,
    account,
    account_user,
    account_name,
    account_currency,
    account_created_at,
  };

  static bool is_flag(field which) noexcept;
  std::string* text_of(field which);
  void fail(errc code, std::string message);
  void wrong_type(std::string_view wanted);
  std::string_view name_of(field which) const noexcept;
  bool has(field which) const noexcept { return (present_ >> static_cast<unsigned>(which) & 1U) != 0; }
  result<void> need(std::initializer_list<field> wanted) const;
  result<transaction> make_transaction();
  result<void> read_optional_members();
  result<account_opened> make_account();

  field field_ = field::unknown;
  bool in_account_ = false;
  bool is_account_ = false;
  bool is_withdrawn_ = false;
  std::uint32_t present_ = 0; ///< a bit per field that was given and is not null
  std::optional<refusal> wrong_;

  std::string user_, date_, amount_, currency_, mcc_, bank_status_, status_, merchant_, category_, replaces_, name_;
  transaction row_;
};

} // namespace btpay
