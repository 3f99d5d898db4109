#pragma once
/// Every transaction of a user, as little of each as deciding needs: about 70 bytes, plus `kept` of some.

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
  digest key;                ///< of source and external id
  digest content;            ///< of what the source told last
  transaction_id id{};       ///< the position of its import
  packed_bytes kept;         ///< its content, while it is pending or may become so again
  transaction_status status; ///< as it stands for the user
  bool decided = false;      ///< `status` is the user's or a rule's decision, which no correction changes
  bool removed = false;      ///< withdrawn by the source, for good
};

/// Only grows. A hash table of indices beside a deque, since both a node per transaction and a vector that doubles
/// would cost twice as much. Pointers stay valid.
class known_transactions {
public:
  /// Null where there is none.
  const known_transaction* find(const digest& key) const;
  known_transaction* find(transaction_id id);
  const known_transaction* find(transaction_id id) const;

  /// Adds one whose id is greater than all before. A key that is known now means the new one.
  known_transaction& add(const digest& key, transaction_id id, transaction_status status);

  std::size_t size() const noexcept { return entries_.size(); }

private:
  /// The slot of `key`, or the free one where it belongs. The table is never full.
  std::size_t slot_of(const digest& key) const;
  void grow();

  std::deque<known_transaction> entries_; ///< by growing id
  std::vector<std::uint32_t> slots_;      ///< index + 1 in `entries_`, 0 is free; a power of two, linear probing
};

} // namespace btpay
