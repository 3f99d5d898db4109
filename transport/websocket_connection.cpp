#include "transport/websocket_connection.hpp"

#include "transport/gather_stream.hpp"
#include "transport/outbox.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace btpay {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

namespace {

/// RFC 6455 section 5.5: a control frame has at most 125 bytes, 2 of them the code. Cut where a character begins.
beast::string_view close_text(std::string_view reason) {
  auto length = std::min(reason.size(), websocket::reason_string::static_capacity);
  while (length < reason.size() && length > 0 && (static_cast<unsigned char>(reason[length]) & 0xC0) == 0x80)
    --length;
  return {reason.data(), length};
}

/// Why a read came to its end, where we did not end it ourselves.
counted cause_of(const beast::error_code& failure) {
  const bool from_framing = failure.category() == make_error_code(websocket::error::closed).category();
  return from_framing && failure != websocket::error::closed ? counted::closed_violation : counted::closed_by_peer;
}

class websocket_connection final : public connection,
                                   public std::enable_shared_from_this<websocket_connection>,
                                   private gather_events,
                                   private round_task,
                                   private timed {
public:
  websocket_connection(hub& home, stream_socket socket)
      : hub_(home), unit_(home.unit), ws_(std::move(socket), static_cast<gather_events&>(*this)) {}

  void open(std::string_view key, session_grant grant);

  void send(shared_bytes message, conflation replaces) override;
  bool send_delta(shared_bytes message, conflation view) override;
  void close(close_code code, std::string_view reason) override;

private:
  enum class phase : std::uint8_t { open, closing, gone };

  /// What waits for the client, here and below.
  std::size_t waiting_bytes() const noexcept { return outbox_.bytes() + ws_.next_layer().pending_bytes(); }

  void on_heard() noexcept {
    if (phase_ == phase::gone)
      return; // Beast still works off what it had read
    heard_at_ = hub_.wheel.now();
    pinged_ = false;
  }
  void read();
  void on_read(const beast::error_code& failure, std::size_t bytes);
  void deliver(std::size_t bytes);

  void flush();
  void bound_what_waits(std::size_t before);
  void tell_drained();
  void frames_to_stream(std::size_t bytes_max);
  void await_writable();
  void continue_reading();

  void start_closing(close_code code, std::string_view reason, counted cause);
  void enter_closing(counted cause);
  void end(counted cause);

  // gather_events
  void on_own_bytes() override;
  void on_reads_dry() override { flush(); }
  bool peer_is_done() const override { return ws_.reason().code != websocket::close_code::none; }
  // round_task
  void at_round_end() override { flush(); }
  // timed
  void on_deadline() override;
  void on_shutdown() override;
  void abort() override { end(counted::closed_at_shutdown); }

  hub& hub_; ///< not to be touched once gone
  io_unit& unit_;
  session_actor session_;
  outbox outbox_;
  std::string long_message_; ///< what has come of a message that is longer than the inline buffer
  websocket::stream<gather_stream, false> ws_;
  tick_count heard_at_ = 0;  ///< when bytes came from the client
  tick_count pinged_at_ = 0; ///< if `pinged_`
  tick_count sent_at_ = 0;   ///< when the socket took bytes for the last time, if `blocked_`
  tick_count closing_at_ = 0;
  phase phase_ = phase::open;
  counted cause_ = counted::count_; ///< why we closed it; none where the peer did
  bool corked_ = false;             ///< more messages are in Beast's buffer: their answers leave together
  bool blocked_ = false;            ///< the socket takes no more now; a wait is under way
  bool reading_paused_ = false;     ///< too much waits for this client; only while blocked
  bool pinged_ = false;             ///< and no answer yet
  bool deltas_dropped_ = false;     ///< the session waits to hear that there is room
  std::array<char, inline_read_bytes> inline_message_;
};

void websocket_connection::open(std::string_view key, session_grant grant) {
  hub_.people.add();
  heard_at_ = hub_.wheel.now();
  hub_.wheel.put(*this, ticks(hub_.limit.idle_time));

  ws_.auto_fragment(false);
  ws_.read_message_max(hub_.limit.message_bytes_max);
  ws_.control_callback([this](websocket::frame_type, beast::string_view) { on_heard(); });
  ws_.binary(grant.protocol == msgpack_protocol);
  ws_.set_option(websocket::stream_base::decorator([&grant](websocket::response_type& response) {
    response.set(http::field::server, "btpay");
    if (!grant.protocol.empty())
      response.set(http::field::sec_websocket_protocol,
                   beast::string_view(grant.protocol.data(), grant.protocol.size()));
  }));

  // The client's request was checked where it was read; this tells Beast the one thing of it that matters.
  http::request<http::empty_body> request{http::verb::get, "/", 11};
  request.set(http::field::host, "btpay");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, key);
  beast::error_code failure; // none, since the request is valid and the response goes into memory
  ws_.accept(request, failure);
  unit_.at_round_end(*this);

  hub_.counts.add(counted::sessions_opened);
  session_ = hub_.open_session(unit_, shared_from_this(), grant);
  when_gone(session_, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->close(close_code::internal_error, "the session ended");
  });
  if (hub_.stopping)
    on_shutdown();
  else
    read();
}

// -- reading ----------------------------------------------------------------------------------------------------------

void websocket_connection::read() {
  // A long message is read straight into where it is kept.
  net::mutable_buffer space(inline_message_.data(), inline_message_.size());
  if (!long_message_.empty()) {
    const auto have = long_message_.size();
    long_message_.resize(have + long_read_bytes);
    space = net::mutable_buffer(long_message_.data() + have, long_read_bytes);
  }
  ws_.async_read_some(space, [self = shared_from_this()](const beast::error_code& failure, std::size_t bytes) {
    self->on_read(failure, bytes);
  });
}

void websocket_connection::on_read(const beast::error_code& failure, std::size_t bytes) {
  if (phase_ == phase::gone)
    return;
  if (failure)
    return end(cause_of(failure));
  on_heard();
  corked_ = true;
  deliver(bytes);
  if (phase_ == phase::open)
    continue_reading();
}

void websocket_connection::deliver(std::size_t bytes) {
  const bool done = ws_.is_message_done();
  const bool is_long = !long_message_.empty();
  if (is_long)
    long_message_.resize(long_message_.size() - long_read_bytes + bytes);
  else if (!done)
    long_message_.assign(inline_message_.data(), bytes);
  if (!done || phase_ != phase::open)
    return;

  frame_received message;
  message.binary = ws_.got_binary();
  if (is_long)
    message.text = std::exchange(long_message_, {});
  else
    message.text.assign(inline_message_.data(), bytes);
  hub_.counts.add(counted::frames_received);
  hub_.counts.add(counted::bytes_received, message.text.size());
  const io_unit::round answered(unit_);
  unit_.tell(session_, std::move(message));
}

void websocket_connection::continue_reading() {
  if (waiting_bytes() >= hub_.limit.backlog_bytes_mark) {
    flush();
    if (phase_ == phase::gone)
      return;
    if (blocked_ && waiting_bytes() >= hub_.limit.backlog_bytes_mark) {
      reading_paused_ = true;
      return;
    }
  }
  read();
}

// -- writing ----------------------------------------------------------------------------------------------------------

void websocket_connection::send(shared_bytes message, conflation replaces) {
  if (phase_ != phase::open)
    return;
  const auto before = waiting_bytes();
  if (const auto replaced = outbox_.push(std::move(message), replaces); replaced > 0)
    hub_.counts.add(counted::frames_conflated, replaced);
  bound_what_waits(before);
}

bool websocket_connection::send_delta(shared_bytes message, conflation view) {
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

/// Closes a client that is too slow, else sees to it that what waits is sent.
void websocket_connection::bound_what_waits(std::size_t before) {
  // One frame alone may be of any size. A second one finds the bound.
  if (before > 0 && waiting_bytes() > hub_.limit.outbox_bytes_max) {
    flush();
    if (phase_ == phase::open && waiting_bytes() > hub_.limit.outbox_bytes_max) {
      outbox_.clear();
      start_closing(close_code::try_again_later, "too slow", counted::closed_slow);
    }
    return;
  }
  if (!blocked_ && (!corked_ || waiting_bytes() >= gather_bytes_max))
    unit_.at_round_end(*this);
}

/// The session sends whole views now. Half of the mark is free for them, so that this is not one delta at a time.
void websocket_connection::tell_drained() {
  if (!deltas_dropped_ || phase_ != phase::open || waiting_bytes() > hub_.limit.deltas_bytes_mark / 2)
    return;
  deltas_dropped_ = false;
  unit_.tell(session_, outbox_drained{});
}

void websocket_connection::flush() {
  if (phase_ == phase::gone)
    return;
  corked_ = false;
  while (!blocked_) {
    frames_to_stream(gather_bytes_max);
    if (ws_.next_layer().pending_bytes() == 0)
      break;
    hub_.counts.add(counted::writes);
    switch (ws_.next_layer().send_pending()) {
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
  if (reading_paused_ && phase_ == phase::open && waiting_bytes() < hub_.limit.backlog_bytes_mark) {
    reading_paused_ = false;
    read();
  }
}

/// Gives queued frames to Beast, which makes their bytes, until the stream holds `bytes_max`.
void websocket_connection::frames_to_stream(std::size_t bytes_max) {
  while (!outbox_.empty() && ws_.next_layer().pending_bytes() < bytes_max) {
    // After either side's close frame nothing may follow, and nobody would read it.
    if (!ws_.is_open())
      return outbox_.clear();
    const auto text = outbox_.pop();
    beast::error_code failure; // of a stream that is not open, which was asked
    ws_.write(net::buffer(*text), failure);
    hub_.counts.add(counted::frames_sent);
    hub_.counts.add(counted::bytes_sent, text->size());
  }
}

void websocket_connection::await_writable() {
  blocked_ = true;
  sent_at_ = hub_.wheel.now();
  if (phase_ == phase::open)
    hub_.wheel.put(*this, ticks(std::min(hub_.limit.stall_time, hub_.limit.idle_time)));
  ws_.next_layer().next_layer().async_wait(stream_socket::wait_write,
                                           [self = shared_from_this()](const beast::error_code& failure) {
                                             self->blocked_ = false;
                                             failure ? self->end(counted::closed_by_peer) : self->flush();
                                           });
}

void websocket_connection::on_own_bytes() {
  if (phase_ == phase::gone)
    return;
  // Pongs for a client that pings and never reads are bounded like everything else.
  if (ws_.next_layer().pending_bytes() > hub_.limit.outbox_bytes_max)
    return end(counted::closed_slow);
  if (phase_ == phase::open && !ws_.is_open())
    enter_closing(counted::count_); // Beast answers the client's close frame, or its violation
  if (!blocked_ && !corked_)
    unit_.at_round_end(*this);
}

// -- ending -----------------------------------------------------------------------------------------------------------

void websocket_connection::close(close_code code, std::string_view reason) {
  start_closing(code, reason, counted::closed_by_session);
}

void websocket_connection::start_closing(close_code code, std::string_view reason, counted cause) {
  if (phase_ != phase::open)
    return;
  enter_closing(cause);
  if (!ws_.is_open())
    return; // Beast is on it
  frames_to_stream(std::numeric_limits<std::size_t>::max());
  ws_.async_close(websocket::close_reason{static_cast<websocket::close_code>(code), close_text(reason)},
                  [self = shared_from_this()](const beast::error_code&) { self->end(counted::closed_by_peer); });
  if (!blocked_)
    unit_.at_round_end(*this);
}

void websocket_connection::enter_closing(counted cause) {
  phase_ = phase::closing;
  cause_ = cause;
  corked_ = false;
  reading_paused_ = false;
  closing_at_ = hub_.wheel.now();
  hub_.wheel.put(*this, ticks(hub_.limit.close_time));
}

/// The socket is gone, or is given up. `cause` counts where we did not choose to close.
void websocket_connection::end(counted cause) {
  if (phase_ == phase::gone)
    return;
  const auto self = shared_from_this(); // the session may let go of the last reference
  phase_ = phase::gone;
  if (timed::is_linked())
    timed::unlink();
  if (round_task::is_linked())
    round_task::unlink();
  outbox_.clear();
  beast::error_code ignored;
  ws_.next_layer().next_layer().close(ignored);
  hub_.counts.add(cause_ == counted::count_ ? cause : cause_);
  hub_.people.remove();
  const io_unit::round told(unit_);
  unit_.tell(std::exchange(session_, {}), peer_closed{});
}

void websocket_connection::on_deadline() {
  const auto& limit = hub_.limit;
  const auto now = hub_.wheel.now();
  // Each wait that is under way, and what its end means. Wrapping arithmetic, so a wait may span the wrap.
  const auto left = [now](tick_count since, std::chrono::milliseconds time) {
    const auto passed = now - since;
    return passed < ticks(time) ? ticks(time) - passed : 0;
  };
  if (phase_ == phase::closing) {
    const auto until_cut = left(closing_at_, limit.close_time);
    return until_cut > 0 ? hub_.wheel.put(*this, until_cut) : end(counted::closed_by_peer);
  }
  if (blocked_) {
    const auto until_stalled = left(sent_at_, limit.stall_time);
    return until_stalled > 0 ? hub_.wheel.put(*this, until_stalled) : end(counted::closed_slow);
  }
  if (pinged_) {
    const auto until_silent = left(pinged_at_, limit.pong_time);
    return until_silent > 0 ? hub_.wheel.put(*this, until_silent) : end(counted::closed_silent);
  }
  if (const auto until_idle = left(heard_at_, limit.idle_time); until_idle > 0)
    return hub_.wheel.put(*this, until_idle);
  pinged_ = true;
  pinged_at_ = now;
  hub_.wheel.put(*this, ticks(limit.pong_time));
  beast::error_code failure; // of a stream that is not open: then the phase is another
  ws_.ping({}, failure);
  unit_.at_round_end(*this);
}

void websocket_connection::on_shutdown() {
  if (phase_ == phase::open)
    start_closing(close_code::going_away, "the service stops", counted::closed_at_shutdown);
  else
    hub_.wheel.put(*this, ticks(hub_.limit.close_time));
}

} // namespace

void open_websocket(hub& home, stream_socket socket, std::string_view key, session_grant grant) {
  std::make_shared<websocket_connection>(home, std::move(socket))->open(key, std::move(grant));
}

} // namespace btpay
