#include "domain/time.hpp"

#include <date/date.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace btpay {

namespace {

// RFC 3339 has four digits for the year, so what lies outside is written as the nearest instant that it can say.
constexpr instant first_writable{date::sys_days{date::year{0} / 1 / 1}.time_since_epoch()};
constexpr instant last_writable{date::sys_days{date::year{10000} / 1 / 1}.time_since_epoch() - duration{1}};

char* put_digits(char* out, unsigned value, int digits) {
  for (auto i = digits; i-- > 0; value /= 10)
    out[i] = static_cast<char>('0' + value % 10);
  return out + digits;
}

/// Reads from the front of a text; once something was not as asked for, `ok` stays false.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  /// Takes one character where it is one of `any_of`.
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(std::string_view any_of) { ok_ = take(any_of) && ok_; }

  /// Exactly `digits` digits.
  int number(int digits) {
    auto value = 0;
    for (auto i = 0; i < digits; ++i)
      value = 10 * value + digit();
    return value;
  }

  int digit() {
    if (peek() < '0' || peek() > '9') {
      ok_ = false;
      return 0;
    }
    const auto value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

private:
  std::string_view rest_;
  bool ok_ = true;
};

/// `.` and one to nine digits, cut to microseconds.
duration read_fraction(scanner& in) {
  auto microseconds = 0;
  auto unit = 100'000;
  auto digits = 0;
  do {
    microseconds += unit * in.digit();
    unit /= 10;
  } while (++digits < 9 && in.peek() >= '0' && in.peek() <= '9');
  return duration{microseconds};
}

/// `Z`, or a sign and hours and minutes.
std::chrono::minutes read_offset(scanner& in) {
  if (in.take("Zz"))
    return {};
  const auto negative = in.peek() == '-';
  in.expect("+-");
  const auto hours = in.number(2);
  in.expect(":");
  const auto minutes = in.number(2);
  if (hours > 23 || minutes > 59)
    in.expect("");
  return std::chrono::minutes{(negative ? -1 : 1) * (60 * hours + minutes)};
}

std::optional<instant> read_instant(std::string_view text) {
  scanner in(text);
  const date::year year{in.number(4)};
  in.expect("-");
  const date::month month{static_cast<unsigned>(in.number(2))};
  in.expect("-");
  const date::day day{static_cast<unsigned>(in.number(2))};
  in.expect("Tt ");
  const auto hour = in.number(2);
  in.expect(":");
  const auto minute = in.number(2);
  in.expect(":");
  const auto second = in.number(2);
  const auto fraction = in.take(".") ? read_fraction(in) : duration{};
  const auto offset = read_offset(in);
  const auto civil = year / month / day;
  if (!in.ok() || !in.at_end() || !civil.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const auto start_of_minute = date::sys_days{civil} + std::chrono::hours{hour} + std::chrono::minutes{minute} - offset;
  // A leap second exists only as the last one of a UTC day. The clock has no number for it: it is the next second.
  if (second == 60 && (start_of_minute + std::chrono::minutes{1}).time_since_epoch() % date::days{1} != duration{})
    return std::nullopt;
  const auto when = instant{start_of_minute.time_since_epoch()} + std::chrono::seconds{second} + fraction;
  // The offset may lead out of the years that can be written again.
  if (when < first_writable || when > last_writable)
    return std::nullopt;
  return when;
}

} // namespace

void append_rfc3339(std::string& out, instant when) {
  when = std::clamp(when, first_writable, last_writable);
  const auto day = date::floor<date::days>(when);
  const date::year_month_day civil{day};
  const auto in_day = (when - day).count();
  const auto seconds = static_cast<unsigned>(in_day / 1'000'000);
  const auto microseconds = static_cast<unsigned>(in_day % 1'000'000);

  std::array<char, rfc3339_bytes_max> text;
  auto* end = put_digits(text.data(), static_cast<unsigned>(static_cast<int>(civil.year())), 4);
  *end++ = '-';
  end = put_digits(end, static_cast<unsigned>(civil.month()), 2);
  *end++ = '-';
  end = put_digits(end, static_cast<unsigned>(civil.day()), 2);
  *end++ = 'T';
  end = put_digits(end, seconds / 3600, 2);
  *end++ = ':';
  end = put_digits(end, seconds / 60 % 60, 2);
  *end++ = ':';
  end = put_digits(end, seconds % 60, 2);
  if (microseconds != 0) {
    *end++ = '.';
    end = put_digits(end, microseconds, 6);
  }
  *end++ = 'Z';
  out.append(text.data(), end);
}

std::string to_rfc3339(instant when) {
  std::string out;
  append_rfc3339(out, when);
  return out;
}

result<instant> parse_rfc3339(std::string_view text) {
  if (const auto when = read_instant(text))
    return *when;
  return refuse(errc::invalid_date, "a date must be RFC 3339 with a zone, such as 2026-02-04T14:35:27Z");
}

instant machine_clock::now() const noexcept {
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

} // namespace btpay
