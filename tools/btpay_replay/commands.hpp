#pragma once
/// The commands of btpay-replay. Each returns the program's exit code and reports errors on stderr.

#include "tools/common/data_directory.hpp"
#include "tools/common/policies.hpp"

#include <optional>
#include <string>

namespace btpay::replay {

inline constexpr const char* program = "btpay-replay";

struct show_options {
  std::string view; ///< dashboard, pending, hourly, categories or stats
  std::string user;
  std::string at;                   ///< RFC 3339, what windows are cut at; empty for `known_at`, or now
  std::string known_at;             ///< RFC 3339; only what was recorded by then; empty for all
  std::optional<std::uint64_t> seq; ///< only up to this event
  bool later = false;               ///< what is dated after `at` counts, as in live views
};
int show(const data_directory& where, const policies& rules, const show_options& options);

struct verify_options {
  unsigned threads = 0; ///< 0: one per core
  std::size_t memory_mib = 1024;
};
/// Every record, the hash chain, and the stored views against rebuilt ones.
int verify(const data_directory& where, const policies& rules, const verify_options& options);

struct rebuild_options {
  std::string view;     ///< empty for all
  std::string user;     ///< empty for all
  std::string at;       ///< RFC 3339; empty for now
  unsigned threads = 0; ///< 0: one per core
  std::size_t memory_mib = 1024;
  bool dry_run = false;
  bool roll_back = false; ///< only go back to the generation before
};
int rebuild(const data_directory& where, const policies& rules, const rebuild_options& options);

int stats(const data_directory& where);

/// Prints every event, or one user's, as JSON lines.
int export_events(const data_directory& where, const std::string& user);

/// Takes transactions in the form of ingestion, or, where the first line is one of an export, a whole log.
int import_file(const data_directory& where, const policies& rules, const std::string& file, bool dry_run);
int import_log(const data_directory& where, const std::string& file, bool dry_run);

int auto_categorize(const data_directory& where, const policies& rules, const std::string& user, const std::string& at);

/// One JSON string or null per line of stdin; one object per line on stdout.
int text(const policies& rules);

} // namespace btpay::replay
