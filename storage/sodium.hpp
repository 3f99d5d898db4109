#pragma once
/// libsodium, made ready once.

#include <sodium.h>

#include <cstdlib>

namespace btpay {

/// Has to come before any use of libsodium: without it, hashing runs without the CPU's vector units. Any thread; costs
/// a load after the first call. Ends the process where the system gives no randomness: no secret made then is one.
inline void require_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    std::abort();
}

} // namespace btpay
