#include "transport/client_connection.hpp"

#include <algorithm>
#include <utility>

namespace btpay {

client_connection::client_connection(hub& home, session_client client)
    : hub_(home),
      unit_(home.unit),
      kind_(client.grant.kind),
      address_(std::move(client.address)),
      user_place_(std::move(client.user)),
      user_(client.grant.who.id),
      credential_(client.grant.credential) {}

void client_connection::enter_hub(const std::optional<std::chrono::seconds>& valid_time,
                                  std::chrono::milliseconds first) {
  hub_.people.add();
  hub_.sockets.push_back(*this);
  opened_at_ = hub_.wheel.now();
  if (valid_time)
    expires_at_ = std::max<tick_count>(1, opened_at_ + ticks(*valid_time));
  hub_.wheel.put(*this, ticks(first));
}

void client_connection::open_session(const session_grant& grant) {
  unit_.at_round_end(*this);
  hub_.counts.add(counted::sessions_opened);
  session_ = hub_.open_session(unit_, shared_from_this(), grant);
  when_gone(session_, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->close(close_code::internal_error, "the session ended");
  });
}

// -- writing ----------------------------------------------------------------------------------------------------------

void client_connection::send(shared_bytes message, conflation replaces) {
  if (phase_ != phase::open)
    return;
  const auto before = waiting_bytes();
  if (const auto replaced = outbox_.push(std::move(message), replaces); replaced > 0)
    hub_.counts.add(counted::frames_conflated, replaced);
  bound_what_waits(before);
}

bool client_connection::send_delta(shared_bytes message, conflation view) {
  if (phase_ != phase::open)
    return true;
  const auto before = waiting_bytes();
  if (before + message->size() > hub_.limit.deltas_bytes_mark) {
    flush();
    if (phase_ != phase::open)
      return true;
    if (waiting_bytes() + message->size() > hub_.limit.deltas_bytes_mark) {
      hub_.counts.add(counted::frames_conflated, outbox_.drop(view) + 1);
      deltas_dropped_ = true;
      return false;
    }
  }
  outbox_.push_delta(std::move(message), view);
  bound_what_waits(before);
  return true;
}

void client_connection::send_binary(shared_bytes bytes) {
  if (phase_ != phase::open)
    return;
  const auto before = waiting_bytes();
  outbox_.push_binary(std::move(bytes));
  bound_what_waits(before);
}

/// Closes a client that is too slow, else sees to it that what waits is sent.
void client_connection::bound_what_waits(std::size_t before) {
  // One frame alone may be of any size. A second one finds the bound.
  if (before > 0 && waiting_bytes() > outbox_bytes_max()) {
    flush();
    if (phase_ == phase::open && waiting_bytes() > outbox_bytes_max()) {
      outbox_.clear();
      start_closing(close_code::try_again_later, "too slow", counted::closed_slow);
    }
    return;
  }
  if (!blocked_ && (!corked_ || waiting_bytes() >= gather_bytes_max))
    unit_.at_round_end(*this);
}

/// The session sends whole views now. Half of the mark is free for them, so that this is not one delta at a time.
void client_connection::tell_drained() {
  if (!deltas_dropped_ || phase_ != phase::open || waiting_bytes() > hub_.limit.deltas_bytes_mark / 2)
    return;
  deltas_dropped_ = false;
  unit_.tell(session_, outbox_drained{});
}

void client_connection::flush() {
  if (phase_ == phase::gone)
    return;
  corked_ = false;
  while (!blocked_) {
    messages_to_wire(gather_bytes_max);
    if (wire().pending_bytes() == 0)
      break;
    hub_.counts.add(counted::writes);
    switch (wire().send_pending()) {
    case gather_stream::sent::everything:
      break;
    case gather_stream::sent::a_part:
      await_writable();
      break;
    case gather_stream::sent::failed:
      return end(counted::closed_by_peer);
    }
  }
  tell_drained();
  on_flushed();
}

void client_connection::messages_to_wire(std::size_t bytes_max) {
  while (!outbox_.empty() && wire().pending_bytes() < bytes_max) {
    if (!takes_messages())
      return outbox_.clear();
    const auto message = outbox_.pop();
    write(message);
    hub_.counts.add(counted::frames_sent);
    hub_.counts.add(counted::bytes_sent, message.text->size());
  }
}

void client_connection::await_writable() {
  blocked_ = true;
  sent_at_ = hub_.wheel.now();
  if (phase_ == phase::open)
    hub_.wheel.put(*this, ticks(std::min(hub_.limit.stall_time, hub_.limit.idle_time)));
  wire().next_layer().async_wait(stream_socket::wait_write,
                                 [self = shared_from_this()](const boost::system::error_code& failure) {
                                   self->blocked_ = false;
                                   failure ? self->end(counted::closed_by_peer) : self->flush();
                                 });
}

// -- ending -----------------------------------------------------------------------------------------------------------

void client_connection::close(close_code code, std::string_view reason) {
  start_closing(code, reason, counted::closed_by_session);
}

void client_connection::close_revoked() {
  start_closing(close_code::policy_violation, "logged out", counted::closed_by_session);
}

bool client_connection::is_of(const revocation& whose) const noexcept {
  return kind_ != session_kind::echo && user_ == whose.user &&
         (whose.credential == 0 || whose.credential == credential_);
}

void client_connection::enter_closing(counted cause) {
  phase_ = phase::closing;
  cause_ = cause;
  corked_ = false;
  closing_at_ = hub_.wheel.now();
  hub_.wheel.put(*this, ticks(hub_.limit.close_time));
}

void client_connection::end(counted cause) {
  if (phase_ == phase::gone)
    return;
  const auto self = shared_from_this(); // the session may let go of the last reference
  phase_ = phase::gone;
  if (timed::is_linked())
    timed::unlink();
  if (round_task::is_linked())
    round_task::unlink();
  if (listed_socket::is_linked())
    listed_socket::unlink();
  address_.leave();
  user_place_.leave();
  outbox_.clear();
  boost::system::error_code ignored;
  wire().next_layer().close(ignored);
  hub_.counts.add(cause_ == counted::count_ ? cause : cause_);
  hub_.people.remove();
  const io_unit::round told(unit_);
  unit_.tell(std::exchange(session_, {}), peer_closed{});
}

bool client_connection::met_common_deadline() {
  if (phase_ == phase::closing) {
    const auto until_cut = left(closing_at_, hub_.limit.close_time);
    until_cut > 0 ? hub_.wheel.put(*this, until_cut) : end(counted::closed_by_peer);
    return true;
  }
  if (has_expired()) {
    start_closing(close_code::policy_violation, "the log-in expired", counted::closed_by_session);
    return true;
  }
  return false;
}

bool client_connection::met_stall_deadline() {
  if (!blocked_)
    return false;
  const auto until_stalled = left(sent_at_, hub_.limit.stall_time);
  until_stalled > 0 ? hub_.wheel.put(*this, until_stalled) : end(counted::closed_slow);
  return true;
}

void client_connection::on_shutdown() {
  if (phase_ == phase::open)
    start_closing(close_code::going_away, "the service stops", counted::closed_at_shutdown);
  else
    hub_.wheel.put(*this, ticks(hub_.limit.close_time));
}

open_socket client_connection::describe() const {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>((hub_.wheel.now() - opened_at_) * tick_time);
  return {user_, kind_, credential_, address_.key(), age};
}

} // namespace btpay
