#pragma once
/// What rows say in words, as numbers: the texts themselves, and what the rules make of a transaction's.

#include "domain/classifier.hpp"
#include "domain/user_rules.hpp"
#include "projections/name_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace btpay {

/// Which texts are needed; the others are not kept.
struct kept_texts {
  bool merchant = false;
  bool category = false;
  bool description = false;
};
inline constexpr kept_texts all_texts{.merchant = true, .category = true, .description = true};

/// What a row knows of a transaction's texts; `name_id{}` where there is none, or it is not kept.
struct told_texts {
  name_id merchant{};
  name_id category{}; ///< the source's, else the user's rule's, else what the service's rules say
  name_id description{};
  bool counted = false;
};

/// Of one row table, or of those of many users that one thread folds: the same merchants come again and again, and
/// what the rules say of a text that was met before is then remembered, at 32 bytes a description.
class row_texts {
public:
  enum class memory : std::uint8_t { none, of_descriptions };

  /// Only who keeps all texts remembers.
  row_texts(classifier_ptr rules, kept_texts kept, memory remembered = memory::none);

  /// `own` are the user's rules; they do not hold for what waits, since they may change before it is shown.
  told_texts classify(const transaction& told, const merchant_categories& own);

  kept_texts kept() const noexcept { return kept_; }
  name_id intern(std::string_view text) { return names_.intern(text); }
  std::string_view operator[](name_id id) const noexcept { return names_[id]; }
  std::size_t size() const noexcept { return names_.size(); }

private:
  /// All that a classifier may look at beside the description, and what it said.
  struct remembered {
    name_id source{};
    std::optional<name_id> merchant;
    std::optional<name_id> category;
    std::optional<std::uint16_t> mcc;
    bool is_income = false;
    bool is_known = false;
    bool counted = false;
    name_id merchant_said{};
    name_id category_said{};
  };
  bool is_of(const remembered& one, const transaction& told) const;
  remembered asked(const transaction& told);
  told_texts recalled(const transaction& told, const merchant_categories& own);

  classifier_ptr rules_;
  kept_texts kept_;
  memory memory_;
  name_table names_;
  std::vector<remembered> known_; ///< by description
};

} // namespace btpay
