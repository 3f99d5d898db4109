#pragma once
/// The store under a running service: its log, its accounts, and the views that it keeps.

#include "domain/errc.hpp"
#include "storage/account_store.hpp"
#include "storage/event_log.hpp"
#include "storage/view_store.hpp"
#include "tools/common/data_directory.hpp"

#include <filesystem>
#include <memory>

namespace btpay {

/// Owner: the assembly, which opens it before whatever reads or writes it is made, and closes it when all of that is
/// gone. Each part may be used from any thread.
struct service_store {
  /// Locks the log, whose one writer this process is from now on. Fails where another has the lock, or where log or
  /// accounts cannot be opened. Stored views are a cache: where they cannot be had, the service goes on without.
  static result<service_store> open(const data_directory& where);

  std::filesystem::path log_directory;
  std::shared_ptr<event_log> log;
  std::shared_ptr<account_store> accounts;
  std::shared_ptr<view_store> views; ///< null where it cannot be had: then every view is folded
};

} // namespace btpay
