#pragma once
/// Running sums of the rows that were spent within a stretch of time that moves.

#include "projections/ledger.hpp"

#include <utility>

namespace btpay {

/// `Kept` has `add` and `subtract` of a row and its amount, and `empty`. Moving costs the rows that come or go, in
/// either direction, and never more than the rows of both stretches.
template <class Kept>
class window {
public:
  explicit window(measure how) noexcept : how_(how) {}

  const stretch& at() const noexcept { return at_; }
  const Kept& kept() const noexcept { return kept_; }

  /// A row came, or goes. True where it is within.
  bool enter(const row& r) {
    const bool within = is_spent(r) && at_.holds(r.date);
    if (within)
      kept_.add(r, measured(r, how_));
    return within;
  }
  bool leave(const row& r) {
    const bool within = is_spent(r) && at_.holds(r.date);
    if (within)
      kept_.subtract(r, measured(r, how_));
    return within;
  }

  /// Moves to `next`; all spent rows that `book` lists are part of it. True where one came or went.
  bool move(const stretch& next, const ledger& book) {
    bool changed = false;
    const auto come = [&](const stretch& part) { book.visit(part, [&](slot s) { changed |= enter(book.at(s)); }); };
    const auto go = [&](const stretch& part) { book.visit(part, [&](slot s) { changed |= leave(book.at(s)); }); };
    if (next.from >= at_.until || next.until <= at_.from) {
      changed = !kept_.empty();
      kept_ = {};
      at_ = next;
      come(next);
    } else {
      go({at_.from, next.from});
      go({next.until, at_.until});
      const auto before = std::exchange(at_, next);
      come({next.from, before.from});
      come({before.until, next.until});
    }
    return changed;
  }

private:
  measure how_;
  stretch at_; ///< empty until the first move
  Kept kept_;
};

} // namespace btpay
