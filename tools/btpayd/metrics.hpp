#pragma once
/// What Prometheus reads at `/metrics`.

#include "actors/projection_meters.hpp"
#include "storage/event_log.hpp"
#include "transport/server.hpp"

#include <filesystem>
#include <string>

namespace btpay {

/// The text format 0.0.4. No user's name or data is in it. Any thread.
std::string render_metrics(const server& sockets, const event_log& log, const std::filesystem::path& log_directory,
                           const projection_meters& projections);

} // namespace btpay
