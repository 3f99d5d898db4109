#pragma once
/// An actor that always runs on one io thread, whoever sends to it: sessions, which touch a socket that is not
/// thread-safe, and projectors, whose state should stay in one core's cache.

#include <caf/actor_config.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace btpay {

/// `Base` is a class-based CAF actor, such as `session_actor::base`.
template <class Base>
class pinned : public Base {
public:
  pinned(caf::actor_config& config, caf::execution_unit& unit) : Base(config), unit_(&unit) {}

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* /* the sender's, not ours */) override {
    Base::enqueue(std::move(what), unit_);
  }

private:
  caf::execution_unit* unit_; ///< outlives every actor
};

} // namespace btpay
