#pragma once
/// Events of every type with every member taking all of its values, odd ones included.

#include "domain/event.hpp"
#include "tests/support/seed.hpp"

#include <cstddef>
#include <string>

namespace btpay::testing {

std::size_t below(rng&, std::size_t bound);
std::string random_text(rng&, std::size_t bytes_max);
instant random_instant(rng&);
event random_event(rng&);

/// Small, and told apart by `key`.
event note(std::string key);

} // namespace btpay::testing
