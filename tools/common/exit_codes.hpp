#pragma once
/// How every program of btpay ends.

#include "domain/errc.hpp"

#include <cstdio>
#include <string>

namespace btpay {

inline constexpr int exit_done = 0;        ///< did what was asked
inline constexpr int exit_found_wrong = 1; ///< worked, and found something wrong
inline constexpr int exit_failed = 2;      ///< could not run

/// Says in one line on stderr what went wrong and what to do.
inline int fail(const char* program, const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", program, message.c_str());
  return exit_failed;
}

inline int fail(const char* program, const refusal& why) { return fail(program, why.message); }

} // namespace btpay
