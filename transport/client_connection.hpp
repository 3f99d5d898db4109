#pragma once
/// What a WebSocket and an event stream have in common: the bounded queue of what waits for one client, its place among
/// all, and its end. Lives while a read or a write of it is under way or its session holds it; all on its unit's
/// thread.

#include "actors/interfaces.hpp"
#include "transport/gather_stream.hpp"
#include "transport/hub.hpp"
#include "transport/outbox.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace btpay {

/// Who opened one, and its places among all.
struct session_client {
  session_grant grant;
  address_census::place address;
  user_census::place user;
};

class client_connection : public connection,
                          protected listed_socket,
                          protected round_task,
                          protected timed,
                          public std::enable_shared_from_this<client_connection> {
public:
  void send(shared_bytes message, conflation replaces) override;
  bool send_delta(shared_bytes message, conflation view) override;
  void send_binary(shared_bytes bytes) override;
  void close(close_code code, std::string_view reason) override;

protected:
  enum class phase : std::uint8_t { open, closing, gone };

  client_connection(hub& home, session_client client);
  ~client_connection() = default;

  /// The first half of opening: it is counted, listed, and has its deadlines looked at after `first`.
  void enter_hub(const std::optional<std::chrono::seconds>& valid_time, std::chrono::milliseconds first);
  /// The second: what the client is told first stands in the wire already.
  void open_session(const session_grant& grant);

  /// Where bytes go and come from.
  virtual gather_stream& wire() = 0;
  /// Whether messages may still be written.
  virtual bool takes_messages() const = 0;
  /// Makes the bytes of one message.
  virtual void write(const outbox::message& message) = 0;
  /// What could be sent has been sent; it is not gone.
  virtual void on_flushed() = 0;
  /// Sends what is queued, then closes. Does nothing unless open.
  virtual void start_closing(close_code code, std::string_view reason, counted cause) = 0;

  /// What waits for the client, here and below.
  std::size_t waiting_bytes() noexcept { return outbox_.bytes() + wire().pending_bytes(); }
  std::size_t outbox_bytes_max() const noexcept {
    const auto echoed = kind_ == session_kind::echo ? hub_.limit.echo_message_bytes_max : 0;
    return hub_.limit.outbox_bytes_max + echoed;
  }
  void flush();
  /// Gives queued messages to `write`, until the wire holds `bytes_max`.
  void messages_to_wire(std::size_t bytes_max);
  void enter_closing(counted cause);
  /// The socket is gone, or is given up. `cause` counts where we did not choose to close.
  void end(counted cause);

  bool has_expired() const noexcept {
    return expires_at_ != 0 && static_cast<std::int32_t>(expires_at_ - hub_.wheel.now()) <= 0;
  }
  /// Turns that are left of a wait that is under way; 0: it is over. Wrapping arithmetic, so it may span the wrap.
  tick_count left(tick_count since, std::chrono::milliseconds time) const noexcept {
    const auto passed = hub_.wheel.now() - since;
    return passed < ticks(time) ? ticks(time) - passed : 0;
  }
  /// The deadlines that all have, of a connection that ends and of a credential. True where one came or is waited for.
  bool met_common_deadline();
  /// The same of a client that takes nothing.
  bool met_stall_deadline();

  hub& hub_; ///< not to be touched once gone
  io_unit& unit_;
  session_actor session_;
  outbox outbox_;
  tick_count opened_at_ = 0;
  const session_kind kind_;
  phase phase_ = phase::open;
  bool corked_ = false;  ///< more will be written in a moment: it leaves together
  bool blocked_ = false; ///< the socket takes no more now; a wait is under way

private:
  void bound_what_waits(std::size_t before);
  void tell_drained();
  void await_writable();

  // round_task
  void at_round_end() override { flush(); }
  // listed_socket
  open_socket describe() const override;
  bool is_of(const revocation& whose) const noexcept override;
  void close_revoked() override;
  // timed
  void on_shutdown() override;
  void abort() override { end(counted::closed_at_shutdown); }

  address_census::place address_;
  user_census::place user_place_;
  const user_id user_;
  const credential_id credential_;
  tick_count expires_at_ = 0; ///< when the credential does; 0: never
  tick_count sent_at_ = 0;    ///< when the socket took bytes for the last time, if `blocked_`
  tick_count closing_at_ = 0;
  counted cause_ = counted::count_; ///< why we closed it; none where the peer did
  bool deltas_dropped_ = false;     ///< the session waits to hear that there is room
};

} // namespace btpay
