#include "transport/hub.hpp"

#include <algorithm>

namespace btpay {

void hub::turn() {
  wheel.turn();
  if (revoked.empty())
    return;
  const auto those = std::exchange(revoked, {});
  for (auto each = sockets.begin(); each != sockets.end();) {
    auto& socket = *each++; // closing may take it out of the list
    if (std::any_of(those.begin(), those.end(), [&socket](const revocation& one) { return socket.is_of(one); }))
      socket.close_revoked();
  }
}

} // namespace btpay
