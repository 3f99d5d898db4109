#include "domain/decide.hpp"
#include "domain/packed_transaction.hpp"

namespace btpay {

void user_state::apply(const recorded_event& what) {
  std::visit([&](const auto& body) { fold(body, what.at); }, what.body);
  version_ = what.at;
}

void user_state::fold(const user_opened& e, position) {
  opened_ = true;
  profile_ = e;
}

void user_state::fold(const account_opened& e, position) { accounts_.push_back(e); }

void user_state::fold(const transaction_imported& e, position at) {
  take(transactions_.add(key_of(e.data), transaction_id{raw(at)}, e.data.status), e.data);
}

void user_state::fold(const transaction_corrected& e, position) {
  auto* known = transactions_.find(e.id);
  if (!known || known->removed)
    return;
  if (!known->decided)
    known->status = e.data.status;
  take(*known, e.data);
}

void user_state::fold(const transaction_removed& e, position) {
  if (auto* known = transactions_.find(e.id)) {
    known->removed = true;
    known->kept = {};
    file(*known);
  }
}

void user_state::fold(const transaction_categorized& e, position) {
  if (auto* known = transactions_.find(e.id)) {
    known->status = transaction_status::synced;
    known->decided = true;
    file(*known);
  }
}

void user_state::fold(const transaction_uncategorized& e, position) {
  if (auto* known = transactions_.find(e.id); known && known->decided) {
    known->status = transaction_status::pending;
    known->decided = false;
    file(*known);
  }
}

void user_state::fold(const notification_posted& e, position) {
  if (!e.key.empty())
    notification_keys_.insert(digest_of(e.key));
}

void user_state::take(known_transaction& known, const transaction& told) {
  const auto packed = pack(told);
  known.content = digest_of(packed);
  // What the source itself calls settled becomes pending only where the source says so, and then it tells all: the user
  // and the rules give categories to what is pending.
  const auto may_be_pending = known.decided || known.status == transaction_status::pending;
  known.kept = may_be_pending ? packed_bytes(packed) : packed_bytes();
  file(known);
}

void user_state::file(const known_transaction& known) {
  if (known.status == transaction_status::pending && !known.kept.empty())
    pending_.insert(raw(known.id));
  else
    pending_.erase(raw(known.id));
}

} // namespace btpay
