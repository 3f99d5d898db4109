#pragma once
/// How much of what a transaction may have. The numbers are documented for clients; a larger one is a new decision
/// about memory and storage, a smaller one would reject what an earlier version accepted.

#include "domain/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace btpay::limits {

inline constexpr std::size_t source_bytes_max = 64;
inline constexpr std::size_t external_id_bytes_max = 128;
inline constexpr std::size_t description_bytes_max = 1'024;
inline constexpr std::size_t merchant_bytes_max = 256;
inline constexpr std::size_t category_bytes_max = 64;

/// Budgets of one user.
inline constexpr std::size_t budgets_max = 100;

/// ISO 18245 has four digits.
inline constexpr std::uint16_t mcc_max = 9'999;

/// A transaction is at or after the first and before the second.
inline constexpr instant date_min{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}.time_since_epoch()};
inline constexpr instant date_end{std::chrono::sys_days{std::chrono::year{2201} / 1 / 1}.time_since_epoch()};

} // namespace btpay::limits
