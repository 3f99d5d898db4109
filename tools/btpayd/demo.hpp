#pragma once
/// A few users with a believable stream of Romanian card payments, for looking at the pages and trying a client.

#include "actors/interfaces.hpp"
#include "actors/shards.hpp"
#include "domain/time.hpp"
#include "storage/account_store.hpp"

#include <memory>
#include <random>
#include <string_view>
#include <vector>

namespace btpay {

inline constexpr std::string_view demo_password = "parola-demo";

/// Hands its payments to the users' actors as ingestion does. Used from one thread at a time.
class demo {
public:
  /// Makes the users that are not there yet, the first of them with this role.
  static result<demo> prepare(account_store& accounts, std::shared_ptr<const shards> actors,
                              std::shared_ptr<const clock> time, account_role role);

  /// The month before now. The same days give the same payments, so playing them again changes nothing.
  void play_history();

  /// The next moment: now and then a payment, now and then somebody categorises.
  void play_moment();

  /// Whom to log in as.
  std::string_view first_user() const noexcept;

private:
  demo(std::vector<account> users, std::shared_ptr<const shards> actors, std::shared_ptr<const clock> time)
      : users_(std::move(users)), actors_(std::move(actors)), clock_(std::move(time)) {}

  std::vector<account> users_;
  std::shared_ptr<const shards> actors_;
  std::shared_ptr<const clock> clock_;
  std::mt19937_64 random_{std::random_device{}()};
};

} // namespace btpay
