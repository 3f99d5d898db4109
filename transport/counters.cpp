#include "transport/counters.hpp"

namespace btpay {

std::string_view to_string(counted what) noexcept {
  switch (what) {
  case counted::accepted:
    return "accepted";
  case counted::refused:
    return "refused";
  case counted::requests:
    return "requests";
  case counted::refused_requests:
    return "refused_requests";
  case counted::sessions_opened:
    return "sessions_opened";
  case counted::frames_received:
    return "frames_received";
  case counted::bytes_received:
    return "bytes_received";
  case counted::frames_sent:
    return "frames_sent";
  case counted::bytes_sent:
    return "bytes_sent";
  case counted::writes:
    return "writes";
  case counted::frames_conflated:
    return "frames_conflated";
  case counted::closed_by_peer:
    return "closed_by_peer";
  case counted::closed_by_session:
    return "closed_by_session";
  case counted::closed_slow:
    return "closed_slow";
  case counted::closed_silent:
    return "closed_silent";
  case counted::closed_violation:
    return "closed_violation";
  case counted::closed_at_shutdown:
    return "closed_at_shutdown";
  case counted::count_:
    break;
  }
  return "unknown";
}

} // namespace btpay
