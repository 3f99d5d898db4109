#include "transport/websocket_connection.hpp"

#include "transport/gather_stream.hpp"
#include "transport/token_bucket.hpp"

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

constexpr int any_window_bits = 15; ///< RFC 7692's

/// Why a read came to its end, where we did not end it ourselves.
counted cause_of(const beast::error_code& failure) {
  const bool from_framing = failure.category() == make_error_code(websocket::error::closed).category();
  return from_framing && failure != websocket::error::closed ? counted::closed_violation : counted::closed_by_peer;
}

/// `Deflates`: whether it can speak permessage-deflate. Beast's state for that costs also those who do not.
template <bool Deflates>
class websocket_connection final : public client_connection, private gather_events {
public:
  websocket_connection(hub& home, stream_socket socket, session_client client)
      : client_connection(home, std::move(client)), ws_(std::move(socket), static_cast<gather_events&>(*this)) {}

  void open(const websocket_handshake& asked, const session_grant& grant);

private:
  std::shared_ptr<websocket_connection> self() {
    return std::static_pointer_cast<websocket_connection>(shared_from_this());
  }
  void set_deflate(std::string_view offer);

  void on_heard() noexcept {
    if (phase_ == phase::gone)
      return; // Beast still works off what it had read
    heard_at_ = hub_.wheel.now();
    pinged_ = false;
  }
  void read();
  void on_read(const beast::error_code& failure, std::size_t bytes);
  void deliver(std::size_t bytes);
  void continue_reading();

  // client_connection
  gather_stream& wire() override { return ws_.next_layer(); }
  /// After either side's close frame nothing may follow, and nobody would read it.
  bool takes_messages() const override { return ws_.is_open(); }
  void write(const outbox::message& message) override;
  void on_flushed() override;
  void start_closing(close_code code, std::string_view reason, counted cause) override;
  // gather_events
  void on_own_bytes() override;
  void on_reads_dry() override { flush(); }
  bool peer_is_done() const override { return ws_.reason().code != websocket::close_code::none; }
  // timed
  void on_deadline() override;

  std::string long_message_; ///< what has come of a message that is longer than the inline buffer
  websocket::stream<gather_stream, Deflates> ws_;
  token_bucket commands_;
  tick_count heard_at_ = 0;     ///< when bytes came from the client
  tick_count pinged_at_ = 0;    ///< if `pinged_`
  bool reading_paused_ = false; ///< too much waits for this client; only while blocked
  bool is_msgpack_ = false;     ///< every message leaves as a binary one
  bool throttled_ = false;      ///< too many commands came: reading goes on at the next turn
  bool pinged_ = false;         ///< and no answer yet
  std::array<char, inline_read_bytes> inline_message_;
};

template <bool Deflates>
void websocket_connection<Deflates>::open(const websocket_handshake& asked, const session_grant& grant) {
  enter_hub(grant.valid_time, hub_.limit.idle_time);
  heard_at_ = opened_at_;
  ws_.auto_fragment(false);
  ws_.read_message_max(kind_ == session_kind::echo ? hub_.limit.echo_message_bytes_max : hub_.limit.message_bytes_max);
  ws_.control_callback([this](websocket::frame_type, beast::string_view) { on_heard(); });
  set_deflate(asked.extensions);
  is_msgpack_ = grant.protocol == msgpack_protocol;
  ws_.set_option(websocket::stream_base::decorator([&grant](websocket::response_type& response) {
    response.set(http::field::server, "btpay");
    if (!grant.protocol.empty())
      response.set(http::field::sec_websocket_protocol,
                   beast::string_view(grant.protocol.data(), grant.protocol.size()));
  }));

  // The client's request was checked where it was read; this tells Beast the things of it that matter.
  http::request<http::empty_body> request{http::verb::get, "/", 11};
  request.set(http::field::host, "btpay");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, asked.key);
  if (Deflates)
    request.set(http::field::sec_websocket_extensions, asked.extensions);
  beast::error_code failure; // none, since the request is valid and the response goes into memory
  ws_.accept(request, failure);
  open_session(grant);
  if (hub_.stopping)
    start_closing(close_code::going_away, "the service stops", counted::closed_at_shutdown);
  else
    read();
}

/// Beast compresses a message when it is written, on this connection alone: the queue holds the text that all share.
template <bool Deflates>
void websocket_connection<Deflates>::set_deflate([[maybe_unused]] std::string_view offer) {
  if constexpr (Deflates) {
    websocket::permessage_deflate how;
    how.server_enable = true;
    how.server_max_window_bits = deflate_window_bits;
    // A client that does not offer to bound its own window may not be asked to, and Beast would decline.
    const bool bounds_its_own = offer.find("client_max_window_bits") != std::string_view::npos;
    how.client_max_window_bits = bounds_its_own ? deflate_window_bits : any_window_bits;
    how.compLevel = deflate_level;
    how.memLevel = deflate_memory_level;
    how.msg_size_threshold = deflate_bytes_min;
    ws_.set_option(how);
  }
}

// -- reading ----------------------------------------------------------------------------------------------------------

template <bool Deflates>
void websocket_connection<Deflates>::read() {
  // A long message is read straight into where it is kept.
  net::mutable_buffer space(inline_message_.data(), inline_message_.size());
  if (!long_message_.empty()) {
    const auto have = long_message_.size();
    long_message_.resize(have + long_read_bytes);
    space = net::mutable_buffer(long_message_.data() + have, long_read_bytes);
  }
  ws_.async_read_some(
      space, [me = self()](const beast::error_code& failure, std::size_t bytes) { me->on_read(failure, bytes); });
}

template <bool Deflates>
void websocket_connection<Deflates>::on_read(const beast::error_code& failure, std::size_t bytes) {
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

template <bool Deflates>
void websocket_connection<Deflates>::deliver(std::size_t bytes) {
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
  throttled_ = !commands_.take(hub_.wheel.now(), hub_.limit.commands_per_second) ||
               !commands_.has_one(hub_.wheel.now(), hub_.limit.commands_per_second);
  const io_unit::round answered(unit_);
  unit_.tell(session_, std::move(message));
}

template <bool Deflates>
void websocket_connection<Deflates>::continue_reading() {
  if (throttled_) {
    // What the client sends meanwhile fills its own buffers, and costs nobody else anything.
    flush();
    if (phase_ == phase::open)
      hub_.wheel.put(*this, 1);
    return;
  }
  if (waiting_bytes() >= hub_.limit.backlog_bytes_mark) {
    flush();
    if (phase_ == phase::gone)
      return;
    if (blocked_ && waiting_bytes() >= hub_.limit.backlog_bytes_mark) {
      reading_paused_ = true;
      return;
    }
  }
  // Beast reads on at once where it has more, and answers a close frame or a violation with its own close frame, behind
  // which nothing may follow: what answers earlier messages goes before it.
  if (!blocked_)
    messages_to_wire(gather_bytes_max);
  read();
}

// -- writing ----------------------------------------------------------------------------------------------------------

template <bool Deflates>
void websocket_connection<Deflates>::write(const outbox::message& message) {
  beast::error_code failure; // of a stream that is not open, which was asked
  ws_.binary(message.binary || is_msgpack_);
  ws_.write(net::buffer(*message.text), failure);
}

template <bool Deflates>
void websocket_connection<Deflates>::on_flushed() {
  if (reading_paused_ && phase_ == phase::open && waiting_bytes() < hub_.limit.backlog_bytes_mark) {
    reading_paused_ = false;
    read();
  }
}

template <bool Deflates>
void websocket_connection<Deflates>::on_own_bytes() {
  if (phase_ == phase::gone)
    return;
  // Pongs for a client that pings and never reads are bounded like everything else.
  if (ws_.next_layer().pending_bytes() > outbox_bytes_max())
    return end(counted::closed_slow);
  if (phase_ == phase::open && !ws_.is_open())
    enter_closing(counted::count_); // Beast answers the client's close frame, or its violation
  if (!blocked_ && !corked_)
    unit_.at_round_end(*this);
}

// -- ending -----------------------------------------------------------------------------------------------------------

template <bool Deflates>
void websocket_connection<Deflates>::start_closing(close_code code, std::string_view reason, counted cause) {
  if (phase_ != phase::open)
    return;
  enter_closing(cause);
  if (!ws_.is_open())
    return; // Beast is on it
  messages_to_wire(std::numeric_limits<std::size_t>::max());
  ws_.async_close(websocket::close_reason{static_cast<websocket::close_code>(code), close_text(reason)},
                  [me = self()](const beast::error_code&) { me->end(counted::closed_by_peer); });
  if (!blocked_)
    unit_.at_round_end(*this);
}

template <bool Deflates>
void websocket_connection<Deflates>::on_deadline() {
  const auto& limit = hub_.limit;
  const auto now = hub_.wheel.now();
  if (met_common_deadline())
    return;
  if (throttled_) {
    throttled_ = !commands_.has_one(now, limit.commands_per_second);
    hub_.wheel.put(*this, throttled_ ? 1 : ticks(limit.idle_time));
    if (!throttled_)
      continue_reading();
    return;
  }
  if (met_stall_deadline())
    return;
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

/// Whether an offer of extensions names the one that we can speak. Beast reads the rest of it.
bool offers_deflate(std::string_view extensions) { return extensions.find("permessage-deflate") != extensions.npos; }

template <bool Deflates>
void open_as(hub& home, stream_socket socket, const websocket_handshake& asked, session_client client) {
  const auto grant = client.grant;
  std::make_shared<websocket_connection<Deflates>>(home, std::move(socket), std::move(client))->open(asked, grant);
}

} // namespace

void open_websocket(hub& home, stream_socket socket, const websocket_handshake& asked, session_client client) {
  if (home.door.deflate && offers_deflate(asked.extensions))
    open_as<true>(home, std::move(socket), asked, std::move(client));
  else
    open_as<false>(home, std::move(socket), asked, std::move(client));
}

} // namespace btpay
