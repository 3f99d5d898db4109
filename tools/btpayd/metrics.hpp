#pragma once
/// What Prometheus reads at `/metrics`.

#include "actors/projection_meters.hpp"
#include "actors/stored_views.hpp"
#include "storage/event_log.hpp"
#include "tools/btpayd/background_rebuild.hpp"
#include "transport/server.hpp"

#include <filesystem>
#include <string>

namespace btpay {

/// The text format 0.0.4. No user's name or data is in it. Any thread.
struct metric_sources {
  const server& sockets;
  const event_log& log;
  std::filesystem::path log_directory;
  const projection_meters& projections;
  const view_counts& views;
  const rebuild_state* rebuild; ///< null where stored views are not rebuilt
};
std::string render_metrics(const metric_sources& from);

} // namespace btpay
