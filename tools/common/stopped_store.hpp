#pragma once
/// A store that no service has open: takes commands as the service would, one after the other. Or only tells what they
/// would do.

#include "domain/decide.hpp"
#include "domain/time.hpp"
#include "storage/account_store.hpp"
#include "storage/event_log.hpp"
#include "tools/common/data_directory.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace btpay {

class stopped_store {
public:
  /// Fails where a service runs, since the log has one writer.
  static result<stopped_store> open(const data_directory& where, decision_policy policy);
  /// Nothing is written: what is decided is only remembered. Beside a service too.
  static result<stopped_store> rehearse(const data_directory& where, decision_policy policy);

  /// The account of that name, made (without a password) where there is none.
  result<account> user_named(std::string_view name);

  /// Decides, appends and waits for the disk.
  result<outcome> run(const account& who, const command& what, instant recorded_at);

  /// Not in a rehearsal, which may have none.
  account_store& accounts() noexcept { return *accounts_; }

private:
  stopped_store(std::unique_ptr<event_log> log, std::unique_ptr<account_store> accounts, decision_policy policy)
      : log_(std::move(log)), accounts_(std::move(accounts)), policy_(std::move(policy)) {}

  result<user_state*> state_of(user_id user);
  result<appended_range> append(const new_events& what, instant recorded_at);

  std::unique_ptr<event_log> log_;
  std::unique_ptr<account_store> accounts_;
  decision_policy policy_;
  std::unordered_map<std::uint64_t, user_state> states_;

  struct rehearsal {
    position head;
    std::unordered_map<std::string, account> added;
  };
  std::optional<rehearsal> rehearsal_;
};

} // namespace btpay
