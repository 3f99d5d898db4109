#include "domain/alerts.hpp"

namespace btpay {

void post_alerts(const user_state&, const decision_policy&, const user_opened&, const drafted_import&, const matcher&,
                 std::vector<event>&) {}

} // namespace btpay
