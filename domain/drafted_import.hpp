#pragma once
/// What an import has told so far, while it is being decided. Inside `decide` only.

#include "domain/digest.hpp"
#include "domain/event.hpp"
#include "domain/user_state.hpp"

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace btpay {

/// The event of this import that speaks of a transaction.
struct told_transaction {
  std::size_t event; ///< its place among the decision's
  transaction_id id; ///< `nth_of_append` where it is new
  digest key;
  digest content;
};

struct drafted_import {
  std::vector<told_transaction> told;                           ///< in the order of events
  std::unordered_map<digest, std::size_t, digest::hash> by_key; ///< index in `told`
  std::unordered_map<std::uint64_t, std::size_t> by_id;         ///< the same
  std::unordered_set<std::uint64_t> leaving;                    ///< ids of what this import withdraws

  const told_transaction* find(const digest& key) const {
    const auto found = by_key.find(key);
    return found == by_key.end() ? nullptr : &told[found->second];
  }
  const told_transaction* find(transaction_id id) const {
    const auto found = by_id.find(raw(id));
    return found == by_id.end() ? nullptr : &told[found->second];
  }
  void add(told_transaction what) {
    by_key.emplace(what.key, told.size());
    by_id.emplace(raw(what.id), told.size());
    told.push_back(what);
  }
};

/// The content that an event tells.
inline const transaction& data_of(const event& what) {
  if (const auto* imported = std::get_if<transaction_imported>(&what))
    return imported->data;
  return std::get<transaction_corrected>(what).data;
}

} // namespace btpay
