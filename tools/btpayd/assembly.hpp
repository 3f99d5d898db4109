#pragma once
/// Makes every part of the service and joins them; the one place that knows them all.
///
/// Order. Made: io units and actor system, store, actors that know users, front, sockets; only then is the service
/// ready and its port told. Ended: `stop` closes the sockets, waits for what is being decided, and ends the front
/// before those whom it asks; then go the sockets that are left, the actor system when its actors have ended, the
/// units, and the store. So what was acknowledged is on disk before anything is gone, and nobody uses what is gone.

#include "domain/errc.hpp"
#include "tools/btpayd/config.hpp"

#include <memory>

namespace btpay {

/// A running service. Used from the main thread.
class assembly {
public:
  /// Everything is up when this returns: the store is open, connections are accepted, the port is written down.
  static result<std::unique_ptr<assembly>> start(const config& settings);

  /// `stop`.
  ~assembly();

  /// Reads the TLS certificate and the rules file again. Where the rules are good, users are decided for and views
  /// folded by them from now on; where they or the certificate are not, the old ones stay and the refusal tells why.
  /// Any thread.
  result<void> reload();

  /// Stops accepting, lets requests finish, closes sessions with 1001, waits until every decision is on disk.
  void stop();

private:
  struct parts;
  explicit assembly(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

} // namespace btpay
