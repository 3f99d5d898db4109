#pragma once
/// One user's events, written down by a test, and the views of them.

#include "domain/classifier.hpp"
#include "domain/event.hpp"
#include "projections/projection.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace btpay::testing {

/// Rules that a test can see through: a description `pay MERCHANT` is counted, any other is not and is its own
/// merchant. The category is `food` for merchants that begin with F, `travel` with T, else none.
classifier_ptr transparent_rules();

inline view_policy by_calendar() { return {transparent_rules(), false}; }
/// For a moment of the past.
inline view_policy until_now() { return {transparent_rules(), false, true}; }
inline view_policy like_moneymanager() { return {transparent_rules(), true}; }

/// A date in RFC 3339 that must be right.
instant when(std::string_view text);

/// `12.50 EUR`, that must be right.
money amount_of(std::string_view text);

/// A synced payment; the tests change what they need.
transaction payment(std::string_view date, std::string_view amount, std::string_view description = "pay Lidl");
transaction waiting(transaction t);

class history {
public:
  /// Adds an event; gives its position, which is the id of what it makes.
  std::uint64_t add(event body);
  std::uint64_t import(transaction t) { return add(transaction_imported{std::move(t)}); }
  void correct(std::uint64_t id, transaction t) { add(transaction_corrected{transaction_id{id}, std::move(t)}); }
  void remove(std::uint64_t id) { add(transaction_removed{transaction_id{id}}); }
  void categorize(std::uint64_t id, std::string category) {
    add(transaction_categorized{transaction_id{id}, std::move(category), transaction_categorized::author::user});
  }
  void uncategorize(std::uint64_t id) { add(transaction_uncategorized{transaction_id{id}}); }
  void open(std::string zone, std::string_view home);

  const std::vector<recorded_event>& events() const noexcept { return events_; }

private:
  std::vector<recorded_event> events_;
};

template <projection View>
std::string rendered(const View& view) {
  std::string out;
  view.render(out);
  return out;
}

/// The view folded from scratch, all events first.
template <projection View>
std::string folded(const std::vector<recorded_event>& events, const view_policy& policy, instant now) {
  View view(policy);
  for (const auto& e : events)
    view.apply(e);
  view.advance(now);
  return rendered(view);
}

} // namespace btpay::testing
