#pragma once
/// What Prometheus reads at `/metrics`.

#include "storage/event_log.hpp"
#include "transport/server.hpp"

#include <string>

namespace btpay {

/// The text format 0.0.4. No user's name or data is in it. Any thread.
std::string render_metrics(const server& sockets, const event_log& log);

} // namespace btpay
