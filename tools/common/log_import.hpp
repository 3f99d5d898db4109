#pragma once
/// Takes an exported log back: every event at its place, with both of its clocks. The lines are read twice, so that
/// nothing is written where one of them is bad.

#include "domain/errc.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <istream>
#include <string>
#include <unordered_map>

namespace btpay {

/// What a file holds that fits the log.
struct checked_lines {
  position last{};                                      ///< of the file
  position present{};                                   ///< up to here the log has them already
  std::unordered_map<std::uint64_t, user_opened> users; ///< as each was opened or changed last
};

/// Hears of so many more bytes that were read.
using byte_watch = std::function<void(std::uint64_t bytes)>;

/// Whether a line is an event of an exported log, and not a row for ingestion.
bool is_exported_event(const std::string& line);

/// Reads every line without changing anything. They begin with the log's first event; what the log has already must be
/// the same, so an import that was cut off can be given again. Fails with the number of the line.
result<checked_lines> check_lines(std::istream& lines, const event_log& into, const byte_watch& watch);

/// Appends what `check_lines` found the log to lack. Gives how many events that were.
result<std::uint64_t> append_lines(std::istream& lines, event_log& into, const checked_lines& checked,
                                   const byte_watch& watch);

} // namespace btpay
