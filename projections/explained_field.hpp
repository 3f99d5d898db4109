#pragma once
/// The numbers of the views by their names in docs/PROTOCOL.md, and which transactions each is made of.

#include "domain/errc.hpp"
#include "projections/book.hpp"
#include "projections/projection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace btpay {

/// What a number says of its transactions.
enum class figure : std::uint8_t { amount, count, merchants };

/// The transactions behind a number: of the listed rows of a book those for which `holds`.
struct explained_rows {
  stretch within;
  bool (*counts)(const row&) = is_spent;
  name_id (*group)(const row&) = nullptr; ///< where it is there, only rows of `name`
  name_id name{};
  figure what = figure::amount;
  std::optional<currency> unit{};         ///< only rows in it, where the amount is of one currency
  std::optional<std::size_t> only{};      ///< one row alone, by its place among them
  std::optional<std::vector<bool>> top{}; ///< only rows of these merchants, by `name_id`

  bool holds(const row& r) const {
    return counts(r) && (!group || group(r) == name) && (!unit || r.unit == *unit) &&
           (!top || (*top)[static_cast<std::size_t>(merchant_group(r))]);
  }
};

/// Finds what the field of a view is made of at `now`: the same rows that the view counts. `unknown_item`, with the
/// fields that there are, where the view has none of that name.
result<explained_rows> rows_behind(const book& all, const view_policy& policy, view_kind view, std::string_view field,
                                   instant now);

/// For fields that turn out to have no rows, though the view would have to have some.
refusal no_such_field(const book& all, const view_policy& policy, view_kind view, std::string_view field, instant now);

} // namespace btpay
