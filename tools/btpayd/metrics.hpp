#pragma once
/// What Prometheus reads at `/metrics`.

#include "actors/stored_views.hpp"
#include "storage/event_log.hpp"
#include "tools/btpayd/background_rebuild.hpp"
#include "transport/server.hpp"

#include <string>

namespace btpay {

/// The text format 0.0.4. No user's name or data is in it. Any thread.
std::string render_metrics(const server& sockets, const event_log& log, const view_counts& views,
                           const rebuild_state* rebuild);

} // namespace btpay
