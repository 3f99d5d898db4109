#include "projections/user_rows.hpp"

#include <variant>

namespace btpay {

void user_rows::apply(const recorded_event& e) {
  at_ = e.at;
  if (const auto* opened = std::get_if<user_opened>(&e.body)) {
    owner_.take(*opened);
    return;
  }
  const auto nothing_to_do = [](slot) {};
  rows_.apply(e, nothing_to_do, nothing_to_do);
}

} // namespace btpay
