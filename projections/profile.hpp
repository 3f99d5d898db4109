#pragma once
/// What a user's profile means for its views.

#include "domain/calendar.hpp"
#include "domain/event.hpp"
#include "domain/money.hpp"

namespace btpay {

/// Europe/Bucharest and RON until the stream says otherwise.
class profile {
public:
  profile();

  /// True where a view may look different now. A zone that this machine does not know leaves the zone as it was.
  bool take(const user_opened& opened);

  const calendar& days() const noexcept { return days_; }
  currency home() const noexcept { return home_; }

private:
  calendar days_;
  currency home_;
};

} // namespace btpay
