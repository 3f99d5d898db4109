#pragma once
/// Who is responsible for which user: per io thread one share of the users, with one actor per role.

#include "actors/interfaces.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace btpay {

/// The actors of one share of the users.
struct shard {
  user_actor users;
  std::array<projector_actor, view_kinds> projectors; ///< by `view_kind`
  notifier_actor notifier;
  bookkeeper_actor bookkeeper;
  historian_actor historian; ///< may be that of other shares too
};

/// Immutable once made; shared by all who look for the actor of a user. Any thread.
class shards {
public:
  explicit shards(std::vector<shard> all) : all_(std::move(all)) {}

  const shard& of(user_id user) const noexcept { return all_[raw(user) % all_.size()]; }

  const user_actor& users(user_id user) const noexcept { return of(user).users; }

  const projector_actor& projector(view_kind view, user_id user) const noexcept {
    return of(user).projectors[static_cast<std::size_t>(view)];
  }

  const bookkeeper_actor& bookkeeper(user_id user) const noexcept { return of(user).bookkeeper; }

  const historian_actor& historian(user_id user) const noexcept { return of(user).historian; }

  const notifier_actor& notifier(user_id user) const noexcept { return of(user).notifier; }

  const std::vector<shard>& all() const noexcept { return all_; }

private:
  std::vector<shard> all_;
};

} // namespace btpay
