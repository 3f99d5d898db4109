#pragma once
/// What an operator may ask of the running service.

#include "actors/interfaces.hpp"
#include "actors/shards.hpp"
#include "storage/account_store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <vector>

namespace btpay {

class admin : public admin_actor::base {
public:
  using super = admin_actor::base;

  admin(caf::actor_config& config, std::shared_ptr<const account_store> accounts, std::shared_ptr<const shards> actors);

  behavior_type make_behavior() override;

private:
  using promise = caf::typed_response_promise<notified>;

  result<std::vector<user_id>> receivers(const notify& order) const;
  void post(const std::vector<user_id>& to, const notification_posted& what, promise answer);

  std::shared_ptr<const account_store> accounts_;
  std::shared_ptr<const shards> actors_;
};

} // namespace btpay
