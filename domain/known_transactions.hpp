#pragma once
/// Every transaction of a user: what deciding needs of each, and what its source told, packed.

#include "domain/digest.hpp"
#include "domain/ids.hpp"
#include "domain/packed_transaction.hpp"
#include "domain/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace btpay {

struct known_transaction {
  /// Whether it is gone from everything that is shown: by the user, who can take that back, or by its source, for good.
  enum class absence : std::uint8_t { none, deleted, withdrawn };

  digest key;                       ///< of source and external id
  digest content;                   ///< of what the source told last
  transaction_id id{};              ///< the position of its import
  packed_bytes kept;                ///< what the source told last; nothing once it is withdrawn
  std::uint32_t category = 0;       ///< the decided one, as a number of `user_state::category`; 0 for none
  transaction_status told{};        ///< as its source put it
  transaction_status status{};      ///< as it stands for the user
  absence absent = absence::none;   ///< see there
  bool decided : 1 = false;         ///< `status` is the user's or a rule's decision, which no correction changes
  bool decided_by_user : 1 = false; ///< not by a rule
  bool pending_at_bank : 1 = false; ///< as its source put it
  bool replaced : 1 = false;        ///< a booked one took its place
  bool held : 1 = false;            ///< it is on the review list, and not counted
  bool stands_alone : 1 = false;    ///< the user said that it takes no pending one's place
};

/// Whether it is neither gone nor replaced, so that it is counted or waits for review.
inline bool is_live(const known_transaction& t) noexcept {
  return t.absent == known_transaction::absence::none && !t.replaced;
}

/// Only grows. A hash table of indices beside a deque, since both a node per transaction and a vector that doubles
/// would cost twice as much. Pointers stay valid.
class known_transactions {
public:
  /// Null where there is none.
  const known_transaction* find(const digest& key) const;
  known_transaction* find(transaction_id id);
  const known_transaction* find(transaction_id id) const;

  /// Adds one whose id is greater than all before. A key that is known now means the new one.
  known_transaction& add(const digest& key, transaction_id id);

  std::size_t size() const noexcept { return entries_.size(); }

  /// All of them, by growing id.
  const std::deque<known_transaction>& all() const noexcept { return entries_; }

private:
  /// The slot of `key`, or the free one where it belongs. The table is never full.
  std::size_t slot_of(const digest& key) const;
  void grow();
  /// Makes the slot lead to entry `number`, which is its index and 1.
  void point(std::size_t slot, std::size_t number);

  /// Of a number in a slot. There are fewer entries than slots, so what a number has above it is free for a mark.
  std::uint32_t mask() const noexcept { return static_cast<std::uint32_t>(slots_.size() - 1); }
  std::uint32_t mark_of(std::uint64_t hash) const noexcept { return static_cast<std::uint32_t>(hash >> 32U) & ~mask(); }
  const known_transaction& entry_in(std::size_t slot) const { return entries_[(slots_[slot] & mask()) - 1]; }

  std::deque<known_transaction> entries_; ///< by growing id
  /// A power of two of them, with linear probing: the number of an entry below `mask()`, and above it bits of the hash
  /// of its key, which spare a look at most others. 0 is free.
  std::vector<std::uint32_t> slots_;
};

} // namespace btpay
