#pragma once
/// The first page: what waits, what was spent today and this month, where most of it went, and the latest payments.

#include "projections/json_writer.hpp"
#include "projections/ledger.hpp"
#include "projections/period.hpp"
#include "projections/projection.hpp"
#include "projections/ranking.hpp"
#include "projections/tally.hpp"
#include "projections/user_rows.hpp"
#include "projections/window.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace btpay {

/// A `projection`.
class dashboard_view {
public:
  static constexpr view_kind kind = view_kind::dashboard;

  explicit dashboard_view(const view_policy& policy);
  dashboard_view(const view_policy& policy, const user_rows& folded);

  bool apply(const recorded_event& e);
  bool advance(instant now);
  instant next_change() const;
  void render(std::string& out) const;

  /// How many payments wait for a category; of all dates.
  std::uint64_t pending_count() const noexcept { return pending_.count(); }

private:
  /// What is kept of a month.
  struct spending {
    tally total;
    merchant_tally by_merchant;

    void add(const row& r, wide amount);
    void subtract(const row& r, wide amount);
    bool empty() const noexcept { return total.empty(); }
  };

  /// The rows of the list of latest payments, newest first.
  struct latest {
    std::array<slot, 10> slots{};
    std::size_t count = 0;
    friend bool operator==(const latest&, const latest&) = default;
  };

  dashboard_view(const view_policy& policy, ledger listed);
  bool place();
  bool is_seen(const row& r) const noexcept;
  void count_pending();
  bool pick_recent();
  bool is_recent(slot s) const noexcept;
  void render_top_merchants(json_writer& json) const;
  void render_recent(json_writer& json) const;

  view_policy policy_;
  periods periods_;
  profile profile_;
  ledger ledger_; ///< lists what is synced, counted or not, and what waits where that depends on now
  tally pending_;
  std::optional<instant> now_;
  window<tally> today_;
  window<spending> month_;
  stretch recent_days_;
  latest recent_;
};

} // namespace btpay
