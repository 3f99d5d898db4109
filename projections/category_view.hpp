#pragma once
/// What each category cost today and this week.

#include "projections/ledger.hpp"
#include "projections/period.hpp"
#include "projections/projection.hpp"
#include "projections/tally.hpp"
#include "projections/user_rows.hpp"
#include "projections/window.hpp"

#include <optional>
#include <vector>

namespace btpay {

/// A `projection`. A category is shown where it has a row in the week.
class category_view {
public:
  static constexpr view_kind kind = view_kind::categories;

  explicit category_view(const view_policy& policy);
  category_view(const view_policy& policy, const user_rows& folded);

  bool apply(const recorded_event& e);
  bool advance(instant now);
  instant next_change() const;
  void render(std::string& out) const;

private:
  using categories = grouped_tally<category_group>;

  category_view(const view_policy& policy, const profile& whose, ledger listed);
  bool place();
  std::vector<name_id> ordered() const;

  view_policy policy_;
  periods periods_;
  profile profile_;
  ledger ledger_; ///< lists what was spent
  std::optional<instant> now_;
  window<categories> today_;
  window<categories> week_;
};

} // namespace btpay
