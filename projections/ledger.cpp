#include "projections/ledger.hpp"

#include <cstdint>
#include <vector>

namespace btpay {

ledger::ledger(classifier_ptr rules, kept_texts kept, bool (*is_listed)(const row&))
    : own_(std::make_unique<row_table>(std::move(rules), kept)), rows_(own_.get()), is_listed_(is_listed) {}

ledger::ledger(const row_table& folded, bool (*is_listed)(const row&)) : rows_(&folded), is_listed_(is_listed) {
  std::vector<slot> listed;
  const auto& rows = folded.rows();
  listed.reserve(rows.size());
  for (std::uint32_t next = 0; next < rows.size(); ++next)
    if (const auto& r = rows[next]; is_shown(r) && is_listed(r))
      listed.push_back(slot{next});
  listed_ = timeline(folded.rows(), std::move(listed));
}

} // namespace btpay
