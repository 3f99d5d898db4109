#pragma once
/// The members of each event with their names in JSON, in order. A member that is added to an event is added here too,
/// as one that may be missing: files of older versions lack it.

#include "tools/common/json_object.hpp"

namespace btpay::lines {

template <class Json>
void members(Json& to, maybe_const<money> auto& m) {
  to.sum(m);
}
template <class Json>
void members(Json& to, maybe_const<budget> auto& b) {
  to("category", b.category);
  to.sum(b.limit);
}
template <class Json>
void members(Json& to, maybe_const<transaction> auto& t) {
  to("source", t.source);
  to("external_id", t.external_id);
  to("date", t.date);
  to.sum(t.amount);
  to("description", t.description);
  to("merchant", t.merchant);
  to("mcc", t.mcc);
  to("bank_status", t.bank);
  to("status", t.status);
  to("category", t.category);
  to.unless_none("linked", t.linked);
  to("replaces", t.replaces);
}
template <class Json>
void members(Json& to, maybe_const<user_opened> auto& e) {
  to("name", e.name);
  to("zone", e.zone);
  to("home_currency", e.home);
}
template <class Json>
void members(Json& to, maybe_const<account_opened> auto& e) {
  to("name", e.name);
  to("currency", e.unit);
  to("created_at", e.created_at);
}
template <class Json>
void members(Json& to, maybe_const<transaction_imported> auto& e) {
  to.object("transaction", e.data);
}
template <class Json>
void members(Json& to, maybe_const<transaction_corrected> auto& e) {
  to("id", e.id);
  to.object("transaction", e.data);
}
template <class Json>
void members(Json& to, maybe_const<transaction_removed> auto& e) {
  to("id", e.id);
  to("by", e.by);
}
template <class Json>
void members(Json& to, maybe_const<transaction_categorized> auto& e) {
  to("id", e.id);
  to("category", e.category);
  to("by", e.by);
}
template <class Json>
void members(Json& to, maybe_const<transaction_uncategorized> auto& e) {
  to("id", e.id);
}
template <class Json>
void members(Json& to, maybe_const<notification_posted> auto& e) {
  to("message", e.message);
  to("level", e.level);
  to.sum(e.amount);
  to.unless_none("extra_json", e.extra_json);
  to.unless_none("key", e.key);
  to("expires_at", e.expires_at);
}
template <class Json>
void members(Json& to, maybe_const<transaction_restored> auto& e) {
  to("id", e.id);
}
template <class Json>
void members(Json& to, maybe_const<transaction_matched> auto& e) {
  to("booked", e.booked);
  to("pending", e.pending);
  to("by", e.by);
}
template <class Json>
void members(Json& to, maybe_const<transaction_unmatched> auto& e) {
  to("booked", e.booked);
  to("pending", e.pending);
}
template <class Json>
void members(Json& to, maybe_const<match_questioned> auto& e) {
  to("booked", e.booked);
  to.list("candidates", e.candidates);
}
template <class Json>
void members(Json& to, maybe_const<match_declined> auto& e) {
  to("booked", e.booked);
}
template <class Json>
void members(Json& to, maybe_const<merchant_remembered> auto& e) {
  to("merchant", e.merchant);
  to("category", e.category);
}
template <class Json>
void members(Json& to, maybe_const<merchant_forgotten> auto& e) {
  to("merchant", e.merchant);
}
template <class Json>
void members(Json& to, maybe_const<notification_cleared> auto& e) {
  to("id", e.id);
  to("how", e.how);
}
template <class Json>
void members(Json& to, maybe_const<alerts_set> auto& e) {
  to("new_merchant", e.new_merchant);
  to.list("budgets", e.budgets);
  to.object("large_from", e.large_from);
}

} // namespace btpay::lines
