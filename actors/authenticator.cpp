#include "actors/authenticator.hpp"

#include <caf/all.hpp>

namespace btpay {

authenticator::authenticator(caf::actor_config& config, std::shared_ptr<account_store> accounts,
                             std::shared_ptr<const btpay::clock> time, std::chrono::seconds session_age_max)
    : super(config), accounts_(std::move(accounts)), clock_(std::move(time)), session_age_max_(session_age_max) {}

authenticator::behavior_type authenticator::make_behavior() {
  return {
      [this](const log_in& who) { return open_session(who); },
      [this](const add_user& who) {
        return user_added{accounts_->add_user(who.name, who.password, who.zone, who.home, who.role)};
      },
      [this](const set_password& order) {
        const auto done = accounts_->set_password(order.name, order.password);
        return password_set{done ? accounts_->find_user(order.name) : tl::unexpected(done.error())};
      },
  };
}

logged_in authenticator::open_session(const log_in& who) {
  auto account = accounts_->check_password(who.name, who.password);
  if (!account)
    return {std::move(account), {}};
  auto cookie = accounts_->open_session(account->id, clock_->now() + session_age_max_, clock_->now());
  if (!cookie)
    return {tl::unexpected(cookie.error()), {}};
  return {std::move(account), std::move(*cookie)};
}

} // namespace btpay
