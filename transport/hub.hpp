#pragma once
/// What the connections of one io thread share. One per unit, owned by the server, which outlives every connection that
/// has not ended; a connection that has ended refers to it no more. Used on its unit's thread, but for what is atomic.

#include "actors/interfaces.hpp"
#include "transport/bridge.hpp"
#include "transport/census.hpp"
#include "transport/counters.hpp"
#include "transport/deadline_wheel.hpp"
#include "transport/doorway.hpp"
#include "transport/limits.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace btpay {

/// An open WebSocket, as its hub can find it.
class listed_socket
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  virtual open_socket describe() const = 0;
  virtual bool is_of(const revocation& whose) const noexcept = 0;
  virtual void close_revoked() = 0;

protected:
  ~listed_socket() = default;
};

struct hub {
  hub(io_unit& unit_, const limits& limit_, crowd& all, const doorway& entry, routes_actor routes_,
      session_opener opener_)
      : unit(unit_),
        limit(limit_),
        everybody(all),
        people(all.people),
        door(entry),
        routes(std::move(routes_)),
        open_session(std::move(opener_)) {}

  /// One turn of time: deadlines, and what has been revoked since the last one. However many log-outs there are, the
  /// sockets are looked through once a turn.
  void turn();

  io_unit& unit;
  const limits limit;
  crowd& everybody;
  census& people;
  const doorway& door;
  routes_actor routes;
  session_opener open_session;
  deadline_wheel wheel;
  counters counts;
  boost::intrusive::list<listed_socket, boost::intrusive::constant_time_size<false>> sockets;
  std::vector<revocation> revoked; ///< sockets of these are closed at the next turn
  std::size_t body_bytes = 0;      ///< set aside for request bodies that are being read
  std::size_t retry_turn = 0;      ///< spreads the times at which refused clients come back
  bool stopping = false;           ///< requests that are still answered are the last on their connections
};

} // namespace btpay
