#include "domain/known_transactions.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t slots_min = 16;

} // namespace

std::size_t known_transactions::slot_of(const digest& key) const {
  const auto mask = slots_.size() - 1;
  auto slot = digest::hash{}(key)&mask;
  while (slots_[slot] != 0 && entries_[slots_[slot] - 1].key != key)
    slot = (slot + 1) & mask;
  return slot;
}

const known_transaction* known_transactions::find(const digest& key) const {
  if (slots_.empty())
    return nullptr;
  const auto index = slots_[slot_of(key)];
  return index == 0 ? nullptr : &entries_[index - 1];
}

const known_transaction* known_transactions::find(transaction_id id) const {
  const auto found = std::ranges::lower_bound(entries_, id, {}, &known_transaction::id);
  return found == entries_.end() || found->id != id ? nullptr : &*found;
}

known_transaction* known_transactions::find(transaction_id id) {
  return const_cast<known_transaction*>(std::as_const(*this).find(id));
}

known_transaction& known_transactions::add(const digest& key, transaction_id id) {
  assert(entries_.empty() || entries_.back().id < id);
  if (4 * (entries_.size() + 1) > 3 * slots_.size())
    grow();
  auto& added = entries_.emplace_back();
  added.key = key;
  added.id = id;
  slots_[slot_of(key)] = static_cast<std::uint32_t>(entries_.size());
  return added;
}

void known_transactions::grow() {
  slots_.assign(std::max(slots_min, 2 * slots_.size()), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    slots_[slot_of(entries_[i].key)] = static_cast<std::uint32_t>(i + 1);
}

} // namespace btpay
