#pragma once
/// What an operator may ask of the running service.

#include "actors/interfaces.hpp"
#include "actors/shards.hpp"
#include "storage/account_store.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace btpay {

class admin : public admin_actor::base {
public:
  using super = admin_actor::base;

  /// Calls back with all open sockets, on any thread.
  using socket_lister = std::function<void(std::function<void(std::vector<open_socket>)>)>;

  admin(caf::actor_config& config, std::shared_ptr<const account_store> accounts, std::shared_ptr<const shards> actors,
        socket_lister sockets = {});

  behavior_type make_behavior() override;

private:
  using promise = caf::typed_response_promise<notified>;

  result<std::vector<user_id>> receivers(const notify& order) const;
  void post(const std::vector<user_id>& to, const notification_posted& what, promise answer);

  caf::typed_response_promise<sockets_listed> look_for_sockets();

  std::shared_ptr<const account_store> accounts_;
  std::shared_ptr<const shards> actors_;
  socket_lister sockets_;
  std::unordered_map<std::uint64_t, caf::typed_response_promise<sockets_listed>> questions_;
  std::uint64_t last_question_ = 0;
};

} // namespace btpay
