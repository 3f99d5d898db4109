#include "domain/decide_import.hpp"

#include "domain/alerts.hpp"
#include "domain/drafted_import.hpp"
#include "domain/matching.hpp"
#include "domain/packed_transaction.hpp"
#include "domain/row_check.hpp"

#include <utility>

namespace btpay {

namespace {

using absence = known_transaction::absence;

class import_decider {
public:
  import_decider(const user_state& state, const decision_policy& policy)
      : state_(state), matcher_(state, policy.rules.get(), made_.events) {}

  decision decide(const import_transactions& c, const decision_policy& policy, const user_opened& profile) {
    made_.answer.fates.reserve(c.rows.size() + c.withdrawn.size());
    for (std::size_t i = 0; i < c.rows.size(); ++i) {
      if (auto checked = check_row(c.rows[i]); checked)
        made_.answer.fates.push_back(take(c.rows[i]));
      else
        reject(i, std::move(checked).error());
    }
    if (policy.match_bookings) {
      for (const auto& each : c.withdrawn)
        if (const auto id = id_of(key_of(each.source, each.external_id)))
          import_.leaving.insert(raw(*id));
      matcher_.match_import(import_);
    }
    for (std::size_t i = 0; i < c.withdrawn.size(); ++i)
      withdraw(c.rows.size() + i, c.withdrawn[i]);
    if (policy.match_bookings)
      matcher_.settle();
    post_alerts(state_, policy, profile, made_.events);
    return std::move(made_);
  }

private:
  row_fate take(const transaction& row) {
    const auto key = key_of(row);
    const auto content = digest_of(pack(row));
    if (const auto before = import_.by_key.find(key); before != import_.by_key.end()) {
      auto& told = import_.told[before->second];
      if (told.content == content)
        return row_fate::duplicate;
      told.content = content;
      replace_data(made_.events[told.event], row);
      return row_fate::corrected;
    }
    const auto* known = state_.transactions().find(key);
    // What its source has withdrawn stays so, even if a later export still lists it.
    if (known && (known->absent == absence::withdrawn || known->content == content))
      return row_fate::duplicate;
    const auto place = made_.events.size();
    import_.add({.event = place, .id = known ? known->id : nth_of_append(place), .key = key, .content = content});
    if (!known) {
      made_.events.emplace_back(transaction_imported{row});
      return row_fate::accepted;
    }
    made_.events.emplace_back(transaction_corrected{known->id, row});
    return row_fate::corrected;
  }

  static void replace_data(event& what, const transaction& data) {
    if (auto* imported = std::get_if<transaction_imported>(&what))
      imported->data = data;
    else
      std::get<transaction_corrected>(what).data = data;
  }

  void withdraw(std::size_t index, const transaction_key& which) {
    const auto id = id_of(key_of(which.source, which.external_id));
    if (!id)
      return reject(index, {errc::unknown_item, "no transaction of that source and external_id"});
    const auto* known = state_.transactions().find(*id);
    if (matcher_.is_gone(*id) || (known && known->absent == absence::withdrawn)) {
      made_.answer.fates.push_back(row_fate::duplicate);
      return;
    }
    made_.events.emplace_back(transaction_removed{*id, transaction_removed::author::source});
    matcher_.leave(*id, transaction_removed::author::source);
    made_.answer.fates.push_back(row_fate::withdrawn);
  }

  void reject(std::size_t index, refusal why) {
    made_.answer.fates.push_back(row_fate::rejected);
    made_.answer.rejected.push_back({index, std::move(why)});
  }

  std::optional<transaction_id> id_of(const digest& key) const {
    if (const auto* told = import_.find(key))
      return told->id;
    const auto* known = state_.transactions().find(key);
    return known ? std::optional(known->id) : std::nullopt;
  }

  const user_state& state_;
  decision made_;
  drafted_import import_;
  matcher matcher_;
};

} // namespace

decision decide_import(const user_state& state, const import_transactions& what, const decision_policy& policy,
                       const user_opened& profile) {
  return import_decider(state, policy).decide(what, policy, profile);
}

} // namespace btpay
