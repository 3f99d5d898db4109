#include "domain/known_transactions.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t slots_min = 16;

} // namespace

std::size_t known_transactions::slot_of(const digest& key) const {
  const std::uint64_t hash = digest::hash{}(key);
  const auto mark = mark_of(hash);
  auto slot = hash & mask();
  while (slots_[slot] != 0 && ((slots_[slot] & ~mask()) != mark || entry_in(slot).key != key))
    slot = (slot + 1) & mask();
  return slot;
}

const known_transaction* known_transactions::find(const digest& key) const {
  if (slots_.empty())
    return nullptr;
  const auto slot = slot_of(key);
  return slots_[slot] == 0 ? nullptr : &entry_in(slot);
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
  point(slot_of(key), entries_.size());
  return added;
}

void known_transactions::grow() {
  slots_.assign(std::max(slots_min, 2 * slots_.size()), 0);
  for (std::size_t i = 0; i < entries_.size(); ++i)
    point(slot_of(entries_[i].key), i + 1);
}

void known_transactions::point(std::size_t slot, std::size_t number) {
  slots_[slot] = mark_of(digest::hash{}(entries_[number - 1].key)) | static_cast<std::uint32_t>(number);
}

} // namespace btpay
