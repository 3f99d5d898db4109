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

  /// Reads the rules file again. Where it is good, users are decided for and views folded by it from now on; where it
  /// is not, the old rules stay and the refusal names the place. Any thread.
  result<void> reload();

  /// Stops accepting, lets requests finish, closes sessions with 1001, waits until every decision is on disk.
  void stop();

private:
  struct parts;
  explicit assembly(std::unique_ptr<parts> all);
  std::unique_ptr<parts> parts_;
};

} // namespace btpay
