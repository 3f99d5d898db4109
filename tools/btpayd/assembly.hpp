#pragma once
/// Makes every part of the service and joins them; the one place that knows them all.

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

  /// Reads again what can be read again while it runs: the TLS certificate. What cannot be used is left as it was.
  void reload();

  /// Stops accepting, lets requests finish, closes sessions with 1001, waits until every decision is on disk.
  void stop();

private:
  struct parts;
  explicit assembly(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

} // namespace btpay
