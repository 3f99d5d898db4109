#include "tools/btpay_replay/opened_store.hpp"

#include "storage/lmdb_event_log.hpp"

#include <utility>

namespace btpay::replay {

result<opened_store> open_store(const data_directory& where) {
  auto log = open_lmdb_event_log(where.log(), {.read_only = true});
  if (!log)
    return tl::unexpected(log.error());
  auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  return opened_store{std::move(*log), std::move(*accounts)};
}

} // namespace btpay::replay
