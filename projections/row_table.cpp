#include "projections/row_table.hpp"

#include <boost/iterator/counting_iterator.hpp>

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <variant>

namespace btpay {

row_table::row_table(classifier_ptr rules, kept_texts kept)
    : row_table(std::make_shared<row_texts>(std::move(rules), kept), std::pmr::get_default_resource()) {}

row_table::row_table(std::shared_ptr<row_texts> texts, std::pmr::memory_resource* memory)
    : texts_(std::move(texts)), rows_(texts_->kept().description, memory) {
  [[maybe_unused]] const auto unknown = texts_->intern("Unknown");
  [[maybe_unused]] const auto other = texts_->intern("other");
  assert(unknown == unknown_merchant && other == other_category);
}

std::optional<slot> row_table::find(transaction_id id) const noexcept {
  using places = boost::counting_iterator<std::uint32_t>;
  const auto found =
      *std::partition_point(places(0), places(rows_.size()), [&](std::uint32_t i) { return rows_.id(i) < raw(id); });
  if (found == rows_.size() || rows_.id(found) != raw(id))
    return std::nullopt;
  return slot{found};
}

std::string_view row_table::guess(const row& r) const {
  if (!merchant_rules_.empty())
    if (const auto rule = merchant_rules_.find(rule_name_of(name(r.merchant))); rule != merchant_rules_.end())
      return rule->second;
  return name(r.category);
}

/// None where the event is not of transactions that are there.
row_table::changes row_table::plan(const recorded_event& e) {
  return std::visit(
      [&]<class Happened>(const Happened& happened) -> changes {
        if constexpr (requires(change c) { make(c, happened); }) {
          auto next = begun(happened.id);
          if (next)
            make(*next, happened);
          return {next};
        } else if constexpr (std::is_same_v<Happened, transaction_matched>) {
          return marked(happened.booked, false, happened.pending, true);
        } else if constexpr (std::is_same_v<Happened, transaction_unmatched>) {
          return marked(happened.booked, false, happened.pending, false);
        } else if constexpr (std::is_same_v<Happened, match_questioned>) {
          return marked(happened.booked, true, std::nullopt, false);
        } else if constexpr (std::is_same_v<Happened, match_declined>) {
          return marked(happened.booked, false, std::nullopt, false);
        } else if constexpr (std::is_same_v<Happened, merchant_remembered>) {
          merchant_rules_.insert_or_assign(happened.merchant, happened.category);
        } else if constexpr (std::is_same_v<Happened, merchant_forgotten>) {
          merchant_rules_.erase(happened.merchant);
        }
        return {};
      },
      e.body);
}

/// Made in its place: most events are imports, and a row that is written by its members and copied as a whole right
/// behind it waits for them.
slot row_table::append(transaction_id id, const transaction& told) {
  assert(rows_.size() == 0 || rows_.id(rows_.size() - 1) < raw(id));
  const auto texts = texts_->classify(told, merchant_rules_);
  const slot made{rows_.size()};
  auto& r = rows_.append(raw(id), texts.description);
  take_content(r, told, texts);
  r.status = told.status;
  return made;
}

/// What was withdrawn stays as it is.
std::optional<row_table::change> row_table::begun(transaction_id id) const {
  const auto where = find(id);
  if (!where || at(*where).withdrawn)
    return std::nullopt;
  return change{*where, at(*where)};
}

void row_table::make(change& next, const transaction_corrected& e) {
  const auto texts = texts_->classify(e.data, merchant_rules_);
  take_content(next.after, e.data, texts);
  next.description = texts.description;
  if (!next.after.is_decided)
    next.after.status = e.data.status;
}

void row_table::make(change& next, const transaction_removed& e) {
  if (e.by == transaction_removed::author::source)
    next.after.withdrawn = true;
  else
    next.after.removed = true;
}

void row_table::make(change& next, const transaction_restored&) { next.after.removed = false; }

void row_table::make(change& next, const transaction_categorized& e) {
  next.after.status = transaction_status::synced;
  next.after.is_decided = true;
  next.after.decided = texts_->kept().category ? texts_->intern(e.category) : name_id{};
}

void row_table::make(change& next, const transaction_uncategorized&) {
  next.after.status = next.after.told;
  next.after.is_decided = false;
  next.after.decided = {};
}

row_table::changes row_table::marked(transaction_id booked, bool held, std::optional<transaction_id> pending,
                                     bool replaced) const {
  changes both{begun(booked), pending ? begun(*pending) : std::nullopt};
  if (both[0])
    both[0]->after.held = held;
  if (both[1])
    both[1]->after.replaced = replaced;
  return both;
}

/// Everything that the source tells, but for its status. Of members that share a word the one with most bits comes
/// first: it is put there by way of the whole word, which would wait for a part of it that was just written.
void row_table::take_content(row& r, const transaction& told, const told_texts& texts) {
  // The last instant stands for "no end" everywhere, so nothing may happen at it.
  r.date = std::min(told.date, end_of_time - duration{1});
  r.minor = told.amount.minor;
  r.unit = told.amount.unit;
  r.merchant = texts.merchant;
  r.told = told.status;
  r.category = texts.category;
  r.counted = texts.counted;
  r.pending_at_bank = told.bank == bank_status::pending;
}

void row_table::commit(const change& next) {
  const auto index = static_cast<std::uint32_t>(next.where);
  rows_[index] = next.after;
  if (next.description && rows_.has_descriptions())
    rows_.describe(index, *next.description);
}

} // namespace btpay
