#pragma once
/// All of a user's transactions, for who asks for a list of them: whatever their status, counted or not.

#include "domain/ids.hpp"
#include "projections/ledger.hpp"
#include "projections/profile.hpp"
#include "projections/projection.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace btpay {

/// Which transactions are wanted: those of the last `minutes`, or of the last `days` (local days wholly; in the preset
/// as many times 24 hours), without end: what lies in the future is part of it.
struct book_selection {
  std::int64_t minutes = 60;
  std::optional<int> days{};             ///< goes before `minutes`
  std::optional<std::string> category{}; ///< exactly; empty for those that have none
  std::optional<std::string> merchant{}; ///< exactly
  transaction_id after{};                ///< only what is listed after this one; 0 from the first
  std::size_t limit = 50;
};

/// Folds like a `projection`, but is not pushed to anybody and keeps no sums. A list costs the rows of its time.
class book {
public:
  explicit book(const view_policy& policy);

  void apply(const recorded_event& e);

  /// `{"transactions":[…],"count":n,"next":ID or null}`, newest first, of equal dates the oldest import first. `next`
  /// is what to ask `after` for the next page.
  void render_transactions(std::string& out, const book_selection& wanted, instant now) const;

  /// `[{"booked":ROW,"candidates":[ROW,…]},…]`: what waits for the user's decision, oldest first.
  void render_review(std::string& out) const;

  /// The rows of a stretch of time and whose they are, for other questions about them. All rows but those removed are
  /// listed.
  const ledger& rows() const noexcept { return ledger_; }
  const profile& owner() const noexcept { return profile_; }

private:
  stretch time_of(const book_selection& wanted, instant now) const;
  void note_question(const recorded_event& e);

  view_policy policy_;
  profile profile_;
  ledger ledger_;
  std::map<transaction_id, std::vector<transaction_id>> questions_; ///< by the booked one
};

} // namespace btpay
