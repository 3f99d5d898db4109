#include "actors/row_builder.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace btpay {

void row_builder::key(std::string_view name, std::size_t level) {
  struct member {
    std::string_view name;
    field which;
  };
  static constexpr std::array row_members{
      member{"user", field::user},
      member{"source", field::source},
      member{"external_id", field::external_id},
      member{"date", field::date},
      member{"amount", field::amount},
      member{"currency", field::currency},
      member{"description", field::description},
      member{"merchant", field::merchant},
      member{"mcc", field::mcc},
      member{"bank_status", field::bank_status},
      member{"status", field::status},
      member{"category", field::category},
      member{"linked", field::linked},
      member{"replaces", field::replaces},
      member{"withdrawn", field::withdrawn},
      member{"transactions", field::transactions},
      member{"account", field::account},
  };
  static constexpr std::array account_members{
      member{"user", field::account_user},
      member{"name", field::account_name},
      member{"currency", field::account_currency},
      member{"created_at", field::account_created_at},
  };
  field_ = field::unknown;
  if (level == 1) {
    in_account_ = false;
    for (const auto& m : row_members)
      if (m.name == name)
        field_ = m.which;
  } else if (in_account_) {
    for (const auto& m : account_members)
      if (m.name == name)
        field_ = m.which;
  }
}

std::string* row_builder::text_of(field which) {
  switch (which) {
  case field::user:
  case field::account_user:
    return &user_;
  case field::source:
    return &row_.source;
  case field::external_id:
    return &row_.external_id;
  case field::date:
  case field::account_created_at:
    return &date_;
  case field::amount:
    return &amount_;
  case field::currency:
  case field::account_currency:
    return &currency_;
  case field::description:
    return &row_.description;
  case field::merchant:
    return &merchant_;
  case field::mcc:
    return &mcc_;
  case field::bank_status:
    return &bank_status_;
  case field::status:
    return &status_;
  case field::category:
    return &category_;
  case field::replaces:
    return &replaces_;
  case field::account_name:
    return &name_;
  case field::unknown:
  case field::linked:
  case field::withdrawn:
  case field::transactions:
  case field::account:
    return nullptr;
  }
  return nullptr;
}

/// What is true or false.
bool row_builder::is_flag(field which) noexcept { return which == field::linked || which == field::withdrawn; }

void row_builder::string(std::string&& text) {
  if (field_ == field::unknown)
    return;
  auto* target = text_of(field_);
  if (!target)
    return wrong_type(is_flag(field_) ? "true or false" : "an object");
  *target = std::move(text);
  present_ |= 1U << static_cast<unsigned>(field_);
  field_ = field::unknown;
}

void row_builder::number(const std::string& text) {
  switch (field_) {
  case field::unknown:
    return;
  case field::amount:
  case field::mcc:
    return string(std::string(text));
  default:
    return wrong_type(is_flag(field_) ? "true or false" : "a string");
  }
}

void row_builder::boolean(bool value) {
  if (field_ == field::unknown)
    return;
  if (!is_flag(field_))
    return wrong_type("a string");
  (field_ == field::linked ? row_.linked : is_withdrawn_) = value;
  field_ = field::unknown;
}

void row_builder::null() { field_ = field::unknown; }

void row_builder::other() {
  if (field_ != field::unknown)
    wrong_type("a string");
}

void row_builder::start_object() {
  if (field_ == field::account) {
    in_account_ = is_account_ = true;
    field_ = field::unknown;
  } else {
    other();
  }
}

void row_builder::fail(errc code, std::string message) {
  if (!wrong_)
    wrong_ = refusal{code, std::move(message)};
}

void row_builder::wrong_type(std::string_view wanted) {
  fail(errc::wrong_type, "\"" + std::string(name_of(field_)) + "\" must be " + std::string(wanted));
  field_ = field::unknown;
}

std::string_view row_builder::name_of(field which) const noexcept {
  static constexpr std::array<std::string_view, 22> names{
      "",     "user",        "source",   "external_id", "date",   "amount",   "currency",  "description",  "merchant",
      "mcc",  "bank_status", "status",   "category",    "linked", "replaces", "withdrawn", "transactions", "account",
      "user", "name",        "currency", "created_at"};
  return names[static_cast<std::size_t>(which)];
}

ingestion_row row_builder::finish() {
  ingestion_row done{std::move(user_), refusal{}};
  if (wrong_) {
    done.content = std::move(*wrong_);
  } else if (is_account_) {
    if (auto account = make_account())
      done.content = std::move(*account);
    else
      done.content = std::move(account.error());
  } else if (is_withdrawn_) {
    if (auto named = need({field::external_id, field::source}); !named)
      done.content = std::move(named.error());
    else
      done.content = transaction_key{std::move(row_.source), std::move(row_.external_id)};
  } else if (auto made = make_transaction()) {
    done.content = std::move(*made);
  } else {
    done.content = std::move(made.error());
  }
  return done;
}

result<void> row_builder::need(std::initializer_list<field> wanted) const {
  for (const auto which : wanted)
    if (!has(which))
      return refuse(errc::missing_field, "\"" + std::string(name_of(which)) + "\" is missing");
  return {};
}

result<transaction> row_builder::make_transaction() {
  if (auto complete =
          need({field::external_id, field::source, field::date, field::amount, field::currency, field::description});
      !complete)
    return tl::unexpected(complete.error());
  const auto unit = currency::parse(currency_);
  if (!unit)
    return tl::unexpected(unit.error());
  const auto amount = parse_money(amount_, *unit);
  if (!amount)
    return tl::unexpected(amount.error());
  row_.amount = *amount;
  const auto date = parse_rfc3339(date_);
  if (!date)
    return tl::unexpected(date.error());
  row_.date = *date;
  if (auto read = read_optional_members(); !read)
    return tl::unexpected(read.error());
  return std::move(row_);
}

result<void> row_builder::read_optional_members() {
  if (has(field::merchant))
    row_.merchant = std::move(merchant_);
  if (has(field::category))
    row_.category = std::move(category_);
  if (has(field::replaces))
    row_.replaces = std::move(replaces_);
  if (has(field::mcc)) {
    std::uint16_t code = 0;
    const auto* end = mcc_.data() + mcc_.size();
    if (auto [rest, error] = std::from_chars(mcc_.data(), end, code);
        error != std::errc{} || rest != end || code > 9999)
      return refuse(errc::invalid_value, "\"mcc\" must be a code of up to four digits");
    row_.mcc = code;
  }
  if (has(field::bank_status)) {
    const auto status = parse_bank_status(bank_status_);
    if (!status)
      return tl::unexpected(status.error());
    row_.bank = *status;
  }
  if (has(field::status)) {
    const auto status = parse_transaction_status(status_);
    if (!status)
      return tl::unexpected(status.error());
    row_.status = *status;
  }
  return {};
}

result<account_opened> row_builder::make_account() {
  const auto unit = currency::parse(currency_);
  if (!unit)
    return tl::unexpected(unit.error());
  const auto created_at = parse_rfc3339(date_);
  if (!created_at)
    return tl::unexpected(created_at.error());
  return account_opened{std::move(name_), *unit, *created_at};
}

} // namespace btpay
