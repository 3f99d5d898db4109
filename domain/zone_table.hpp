#pragma once
/// One time zone as a table of stretches of constant offset. Immutable once made, so any thread may read it; every
/// question costs one or two binary searches over about 150 rows.

#include "domain/errc.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// Seconds since 1970-01-01T00:00:00Z.
using utc_seconds = std::int64_t;
/// What a wall clock shows, as if its zone were UTC: the same count, without a zone.
using local_seconds = std::int64_t;

class zone_table {
public:
  /// Time during which the zone's clocks are the same `offset` ahead of UTC.
  struct stretch {
    utc_seconds begin;
    utc_seconds end;
    std::int64_t offset;
    /// What the clocks had shown at most before `begin`, exclusive. More than `begin + offset` where they were set
    /// back. It never falls from one stretch to the next.
    local_seconds reached;
  };

  /// UTC, without looking anything up.
  static const zone_table& utc() noexcept;

  /// The table of an IANA zone, made at most once per process. Fails with `invalid_value`.
  static result<const zone_table*> of(std::string_view name);

  const std::string& name() const noexcept { return name_; }

  const stretch& at(utc_seconds t) const noexcept;

  /// The latest that the clocks have shown until `t`: what they show now, except after they were set back.
  local_seconds shown_until(utc_seconds t) const noexcept;

  /// The first moment at which the clocks show `local` or later.
  utc_seconds first_showing(local_seconds local) const noexcept;

private:
  explicit zone_table(std::string name) : name_(std::move(name)) {}
  void append(utc_seconds begin, std::int64_t offset);

  std::string name_;
  std::vector<stretch> stretches_; ///< without gaps, from before to after all time
};

} // namespace btpay
