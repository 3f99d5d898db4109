#pragma once
/// The members of each event in the order in which they lie on disk, and the versions of that order.
///
/// A layout that has been released never changes. A new member means: raise the event's `schema_version_of`, give the
/// new order a `members` of its own, and keep the old one as a case of `read_body` that fills in what it lacks. The
/// golden files of the old version stay, and must decode to what they mean now.

#include "storage/body_archive.hpp"

#include <cstdint>

namespace btpay {

template <class Body>
void members(Body& body, maybe_const<transaction> auto& t) {
  body(t.source, t.external_id, t.date, t.amount, t.description, t.merchant, t.mcc, t.bank, t.status, t.category,
       t.linked);
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
  body(e.id);
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
  body(e.message, e.level, e.amount, e.extra_json, e.key);
}

/// The version that is written.
template <class Event>
inline constexpr std::uint16_t schema_version_of = 1;

/// Reads any version up to the current one; gives whether it knows `version`.
template <class Event>
bool read_body(body_reader& body, std::uint16_t version, Event& into) {
  switch (version) {
  case schema_version_of<Event>:
    members(body, into);
    return true;
  default:
    return false;
  }
}

} // namespace btpay
