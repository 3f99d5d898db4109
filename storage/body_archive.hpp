#pragma once
/// The values that records are made of, as Cereal's portable binary archives write them. Written down in
/// docs/LOG_FORMAT.md, "Values".
///
/// An archive begins with one byte that tells its endianness. It is always little-endian here, so that byte is dealt
/// with once per archive, not written per record; and one archive serves many records, which halves the time of a scan.
/// Reading is total: whatever does not decode throws `bad_body` or `cereal::Exception`, to be caught in this folder.

#include "domain/event.hpp"

#include <cereal/archives/portable_binary.hpp>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace btpay {

/// Why a body does not decode.
struct bad_body {
  const char* why;
};

/// Enumerations of one byte need a bound: reading any other value is refused.
constexpr auto last_of(transaction_status) noexcept { return transaction_status::ignored; }
constexpr auto last_of(bank_status) noexcept { return bank_status::pending; }
constexpr auto last_of(notification_level) noexcept { return notification_level::error; }
constexpr auto last_of(transaction_categorized::author) noexcept { return transaction_categorized::author::user; }
constexpr auto last_of(transaction_removed::author) noexcept { return transaction_removed::author::user; }
constexpr auto last_of(transaction_matched::author) noexcept { return transaction_matched::author::user; }
constexpr auto last_of(notification_cleared::manner) noexcept { return notification_cleared::manner::read; }

template <class T>
concept archived_integer = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept archived_enumerator = requires(T value) {
  last_of(value);
};
template <class T>
concept archived_id = std::is_enum_v<T> && std::same_as<std::underlying_type_t<T>, std::uint64_t>;

/// T or const T, so that one list of members serves reading and writing.
template <class E, class T>
concept maybe_const = std::same_as<std::remove_const_t<E>, T>;

/// Most values have one, four or eight bytes; a copy of a size that the compiler knows spares a call.
inline void copy_value(char* to, const char* from, std::size_t count) noexcept {
  switch (count) {
  case 0:
    return;
  case 1:
    *to = *from;
    return;
  case 4:
    std::memcpy(to, from, 4);
    return;
  case 8:
    std::memcpy(to, from, 8);
    return;
  default:
    std::memcpy(to, from, count);
  }
}

/// Writes values behind each other into memory of its own.
class body_writer {
public:
  body_writer() : archive_{stream_, cereal::PortableBinaryOutputArchive::Options::LittleEndian()} {}
  body_writer(const body_writer&) = delete;
  body_writer& operator=(const body_writer&) = delete;

  /// Begins anew, behind so many zero bytes.
  void restart(std::size_t header_bytes) { sink_.restart(header_bytes); }

  /// What was written, header included; good until the next call.
  std::span<char> bytes() noexcept { return sink_.bytes(); }

  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }

private:
  class sink final : public std::streambuf {
  public:
    void restart(std::size_t header_bytes) {
      used_ = 0;
      make_room(header_bytes);
      std::fill_n(memory_.begin(), header_bytes, '\0');
      used_ = header_bytes;
    }
    std::span<char> bytes() noexcept { return {memory_.data(), used_}; }

  private:
    std::streamsize xsputn(const char* from, std::streamsize count) override {
      const auto size = static_cast<std::size_t>(count);
      make_room(size);
      copy_value(memory_.data() + used_, from, size);
      used_ += size;
      return count;
    }
    void make_room(std::size_t bytes) {
      if (bytes > memory_.size() - used_)
        memory_.resize(2 * (used_ + bytes));
    }

    std::vector<char> memory_;
    std::size_t used_ = 0;
  };

  template <archived_integer T>
  void put(T value) {
    archive_(value);
  }
  template <class T>
  void put(const T& value) requires archived_enumerator<T> || std::same_as<T, bool> {
    archive_(static_cast<std::uint8_t>(value));
  }
  template <archived_id T>
  void put(T value) {
    archive_(static_cast<std::uint64_t>(value));
  }
  void put(const std::string& text) {
    assert(text.size() <= std::numeric_limits<std::uint32_t>::max());
    archive_(static_cast<std::uint32_t>(text.size()), cereal::binary_data(text.data(), text.size()));
  }
  void put(instant when) { archive_(std::int64_t{when.time_since_epoch().count()}); }
  void put(const currency& unit) { archive_(cereal::binary_data(unit.code().data(), unit.code().size())); }
  void put(const money& amount) { (*this)(amount.minor, amount.unit); }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value)
      put(*value);
  }
  void put(const budget& limit) { (*this)(limit.category, limit.limit); }
  template <class T>
  void put(const std::vector<T>& list) {
    assert(list.size() <= std::numeric_limits<std::uint32_t>::max());
    archive_(static_cast<std::uint32_t>(list.size()));
    for (const auto& each : list)
      put(each);
  }

  sink sink_;
  std::ostream stream_{&sink_};
  cereal::PortableBinaryOutputArchive archive_;
};

/// Reads what Cereal's portable binary archives write, from memory: no stream and no virtual call lies between. What is
/// written is still written by Cereal's own archive.
class memory_input_archive : public cereal::InputArchive<memory_input_archive, cereal::AllowEmptyClassElision> {
public:
  memory_input_archive() : InputArchive{this} {}

  void point_at(std::string_view bytes) noexcept { rest_ = bytes; }
  std::size_t remaining_bytes() const noexcept { return rest_.size(); }

  /// Of what is known to be there.
  std::string_view take_view(std::size_t count) noexcept {
    const auto view = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return view;
  }

  void take(void* into, std::size_t count) {
    if (count > rest_.size())
      throw cereal::Exception("the bytes end in the middle of a value");
    copy_value(static_cast<char*>(into), rest_.data(), count);
    rest_.remove_prefix(count);
  }

private:
  std::string_view rest_;
};

// Found by Cereal. All of ours are little-endian, and so are the machines (record_format.hpp).
template <class T>
requires std::is_arithmetic_v<T>
void CEREAL_LOAD_FUNCTION_NAME(memory_input_archive& archive, T& value) { archive.take(&value, sizeof value); }
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(memory_input_archive& archive, cereal::BinaryData<T>& bytes) {
  archive.take(bytes.data, static_cast<std::size_t>(bytes.size));
}

/// Takes values from bytes.
class body_reader {
public:
  body_reader() = default;
  body_reader(const body_reader&) = delete;
  body_reader& operator=(const body_reader&) = delete;

  /// What is read from now on comes from `bytes`, which must live as long.
  void read_from(std::string_view bytes) noexcept { archive_.point_at(bytes); }

  std::size_t remaining_bytes() const noexcept { return archive_.remaining_bytes(); }

  template <class... Values>
  void operator()(Values&... values) {
    (take(values), ...);
  }

private:
  std::uint8_t take_byte_up_to(std::uint8_t last, const char* else_why) {
    std::uint8_t byte = 0;
    archive_(byte);
    if (byte > last)
      throw bad_body{else_why};
    return byte;
  }

  template <archived_integer T>
  void take(T& value) {
    archive_(value);
  }
  void take(bool& value) { value = take_byte_up_to(1, "a truth value is neither 0 nor 1") != 0; }
  template <archived_enumerator T>
  void take(T& value) {
    value = static_cast<T>(take_byte_up_to(static_cast<std::uint8_t>(last_of(T{})), "an unknown enumerator"));
  }
  template <archived_id T>
  void take(T& id) {
    std::uint64_t number = 0;
    archive_(number);
    id = T{number};
  }
  void take(std::string& text) {
    std::uint32_t length = 0;
    archive_(length);
    if (length > remaining_bytes()) // before any memory is asked for
      throw bad_body{"a text is longer than its record"};
    const auto told = archive_.take_view(length);
    if (text.size() == length) // mostly as long as in the record before
      std::memcpy(text.data(), told.data(), length);
    else
      text.assign(told);
  }
  void take(instant& when) {
    std::int64_t microseconds = 0;
    archive_(microseconds);
    when = instant{duration{microseconds}};
  }
  void take(currency& unit) {
    char code[3];
    archive_(cereal::binary_data(code, sizeof code));
    const std::string_view text{code, sizeof code};
    if (text == unit.code())
      return; // mostly the same currency as in the record before
    const auto known = currency::parse(text);
    if (!known || known->code() != text)
      throw bad_body{"an unknown currency"};
    unit = *known;
  }
  void take(money& amount) { (*this)(amount.minor, amount.unit); }
  template <class T>
  void take(std::optional<T>& value) {
    bool present = false;
    take(present);
    if (!present)
      value.reset();
    else
      take(value ? *value : value.emplace());
  }
  void take(budget& limit) { (*this)(limit.category, limit.limit); }
  template <class T>
  void take(std::vector<T>& list) {
    std::uint32_t length = 0;
    archive_(length);
    if (length > remaining_bytes()) // every element has a byte at least; before any memory is asked for
      throw bad_body{"a list is longer than its record"};
    list.clear();
    for (std::uint32_t i = 0; i < length; ++i)
      take(list.emplace_back());
  }

  memory_input_archive archive_;
};

} // namespace btpay
