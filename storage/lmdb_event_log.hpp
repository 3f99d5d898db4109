#pragma once
/// The event log in an LMDB environment. Format: docs/LOG_FORMAT.md.

#include "storage/event_log.hpp"
#include "storage/map_bytes.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>

namespace btpay {

struct lmdb_event_log_options {
  /// Address space to reserve, in bytes; the file grows with its content and the map is never resized.
  std::size_t map_bytes = default_map_bytes;
  bool read_only = false;
  /// After how many events the heads of users are written down, in the same transaction; opening reads at most these.
  std::size_t heads_checkpoint_events = 65536;
};

/// Opens or makes the environment `dir`. One open per process. Fails with a message that names the path and the mend.
result<std::unique_ptr<event_log>> open_lmdb_event_log(const std::filesystem::path& dir,
                                                       const lmdb_event_log_options& options = {});

} // namespace btpay
