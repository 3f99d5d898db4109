#pragma once
/// What a user has paid so far, as far as its alerts ask: the sum of each budget in each month, and which merchants
/// were paid. Inside `decide` and `user_state` only.
///
/// A cache of the state, not a part of the fold: what a payment counts as is told by the service's rules, which a fold
/// does not have and which change with a reload. So it is built from what the state keeps when an import is first
/// decided after the alerts, the zone or the rules are new, and from then on notes before each change what a
/// transaction was. A decision takes the noted ones out as they were and in as they are, so an import costs what
/// changed, never the history, and who has set no budget and no `new_merchant` pays nothing. The same log gives the
/// same sums whenever they are built.

#include "domain/calendar.hpp"
#include "domain/classifier.hpp"
#include "domain/digest.hpp"
#include "domain/event.hpp"
#include "domain/known_transactions.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace btpay {

class user_state;

/// A transaction as it stands for the user.
struct standing {
  transaction told;
  transaction_status status{};
  std::string decided;   ///< category; empty for none
  position rules_at{};   ///< up to where the user's merchant rules hold for it
  bool is_shown = false; ///< neither gone nor replaced nor held
};

standing standing_of(const user_state&, const known_transaction&, position rules_at);

/// Money that was spent, as the alerts count it.
struct counted_payment {
  std::int64_t spent = 0; ///< in minor units; negative for a refund
  currency unit;
  std::string merchant; ///< for people
  std::string name;     ///< `rule_name_of` the merchant; may be empty
  std::string category; ///< the decided one, else the source's, else what the rules say; empty for none
};

/// None where it counts in no sum.
std::optional<counted_payment> payment_of(const standing&, const user_state&, const classifier&);

/// Wide enough for the sum of 2^32 amounts of any size.
__extension__ typedef __int128 exact_sum;

/// A budget, by its index in the user's alerts, in a month, by its first instant.
using budget_month = std::pair<std::size_t, instant>;

/// The budget that a payment goes into, if any.
std::optional<budget_month> budget_of(const counted_payment&, const alerts_set&, instant month);

class alert_sums {
public:
  bool built() const noexcept { return rules_ != nullptr; }

  /// To be called before a change of a transaction that is there, and after one was added.
  void note_change(const known_transaction& before, position rules_at);
  void note_new(transaction_id);

  /// To be called when something that all sums depend on is new.
  void forget();

  /// Makes the sums those of the state by these rules and this calendar.
  void refresh(const user_state&, const classifier_ptr& rules, const calendar&);

  exact_sum spent(const budget_month& which) const;
  bool was_paid(const std::string& merchant_name) const;

private:
  struct earlier {
    known_transaction was;
    position rules_at{};
  };

  void count(const user_state&, const standing&, const calendar&, int sign);

  classifier_ptr rules_; ///< null while the sums are not built
  std::map<budget_month, exact_sum> spent_;
  std::unordered_map<digest, std::uint32_t, digest::hash> payments_;  ///< by merchant
  std::unordered_map<std::uint64_t, std::optional<earlier>> changed_; ///< since the last refresh; none for new ones
};

} // namespace btpay
