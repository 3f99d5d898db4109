#include "tools/btpayd/service_store.hpp"

#include "storage/lmdb_event_log.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace btpay {

result<service_store> service_store::open(const data_directory& where) {
  auto log = open_lmdb_event_log(where.log());
  if (!log)
    return tl::unexpected(log.error());
  auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return tl::unexpected(accounts.error());
  auto views = view_store::open(where.views(), view_store::use::serve);
  if (!views)
    spdlog::error("goes on without stored views: {}", views.error().message);
  return service_store{.log_directory = where.log(),
                       .log = std::move(*log),
                       .accounts = std::move(*accounts),
                       .views = views ? std::move(*views) : nullptr};
}

} // namespace btpay
