#pragma once
/// What a command reads that may run beside the service.

#include "storage/account_store.hpp"
#include "storage/event_log.hpp"
#include "tools/common/data_directory.hpp"

#include <memory>

namespace btpay::replay {

struct opened_store {
  std::unique_ptr<event_log> log; ///< read only
  std::unique_ptr<account_store> accounts;
};
result<opened_store> open_store(const data_directory& where);

} // namespace btpay::replay
