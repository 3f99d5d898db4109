#pragma once
/// The members of each event in the order in which they lie on disk, and the versions of that order.
///
/// A layout that has been released never changes. A new member means: raise the event's `schema_version_of`, give the
/// new order a `members` of its own, and keep the old one as a case of `read_body` that fills in what it lacks. The
/// golden files of the old version stay, and must decode to what they mean now.

#include "storage/body_archive.hpp"

#include <cstdint>

namespace btpay {

/// The transaction of version 1 of the events that hold one.
template <class Body>
void members_v1(Body& body, maybe_const<transaction> auto& t) {
  body(t.source, t.external_id, t.date, t.amount, t.description, t.merchant, t.mcc, t.bank, t.status, t.category,
       t.linked);
}

template <class Body>
void members(Body& body, maybe_const<transaction> auto& t) {
  members_v1(body, t);
  body(t.replaces);
}

template <class Body>
void members(Body& body, maybe_const<user_opened> auto& e) {
  body(e.name, e.zone, e.home);
}

template <class Body>
void members(Body& body, maybe_const<account_opened> auto& e) {
  body(e.name, e.unit, e.created_at);
}

template <class Body>
void members(Body& body, maybe_const<transaction_imported> auto& e) {
  members(body, e.data);
}

template <class Body>
void members(Body& body, maybe_const<transaction_corrected> auto& e) {
  body(e.id);
  members(body, e.data);
}

template <class Body>
void members(Body& body, maybe_const<transaction_removed> auto& e) {
  body(e.id, e.by);
}

template <class Body>
void members(Body& body, maybe_const<transaction_categorized> auto& e) {
  body(e.id, e.category, e.by);
}

template <class Body>
void members(Body& body, maybe_const<transaction_uncategorized> auto& e) {
  body(e.id);
}

template <class Body>
void members(Body& body, maybe_const<notification_posted> auto& e) {
  body(e.message, e.level, e.amount, e.extra_json, e.key, e.expires_at);
}

template <class Body>
void members(Body& body, maybe_const<transaction_restored> auto& e) {
  body(e.id);
}

template <class Body>
void members(Body& body, maybe_const<transaction_matched> auto& e) {
  body(e.booked, e.pending, e.by);
}

template <class Body>
void members(Body& body, maybe_const<transaction_unmatched> auto& e) {
  body(e.booked, e.pending);
}

template <class Body>
void members(Body& body, maybe_const<match_questioned> auto& e) {
  body(e.booked, e.candidates);
}

template <class Body>
void members(Body& body, maybe_const<match_declined> auto& e) {
  body(e.booked);
}

template <class Body>
void members(Body& body, maybe_const<merchant_remembered> auto& e) {
  body(e.merchant, e.category);
}

template <class Body>
void members(Body& body, maybe_const<merchant_forgotten> auto& e) {
  body(e.merchant);
}

template <class Body>
void members(Body& body, maybe_const<notification_cleared> auto& e) {
  body(e.id, e.how);
}

template <class Body>
void members(Body& body, maybe_const<alerts_set> auto& e) {
  body(e.large_from, e.budgets, e.new_merchant);
}

/// The version that is written.
template <class Event>
inline constexpr std::uint16_t schema_version_of = 1;
template <>
inline constexpr std::uint16_t schema_version_of<transaction_imported> = 2;
template <>
inline constexpr std::uint16_t schema_version_of<transaction_corrected> = 2;
template <>
inline constexpr std::uint16_t schema_version_of<transaction_removed> = 2;
template <>
inline constexpr std::uint16_t schema_version_of<notification_posted> = 2;

/// Bodies of version 1 of the events that have a version 2. What they lack gets the value that it meant then; `into`
/// may hold another event's.
inline void members_v1(body_reader& body, transaction_imported& e) {
  members_v1(body, e.data);
  e.data.replaces.reset();
}
inline void members_v1(body_reader& body, transaction_corrected& e) {
  body(e.id);
  members_v1(body, e.data);
  e.data.replaces.reset();
}
inline void members_v1(body_reader& body, transaction_removed& e) {
  body(e.id);
  e.by = transaction_removed::author::source;
}
inline void members_v1(body_reader& body, notification_posted& e) {
  body(e.message, e.level, e.amount, e.extra_json, e.key);
  e.expires_at.reset();
}

/// Reads any version up to the current one; gives whether it knows `version`.
template <class Event>
bool read_body(body_reader& body, std::uint16_t version, Event& into) {
  if (version == schema_version_of<Event>) {
    members(body, into);
    return true;
  }
  if constexpr (requires { members_v1(body, into); })
    if (version == 1) {
      members_v1(body, into);
      return true;
    }
  return false;
}

} // namespace btpay
