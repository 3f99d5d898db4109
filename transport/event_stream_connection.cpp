#include "transport/event_stream_connection.hpp"

#include "transport/linger.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace btpay {

namespace {

/// The html standard, section 9.2: a line that begins with a colon says nothing.
constexpr std::string_view heartbeat = ":\n\n";

class event_stream_connection final : public client_connection, private gather_events {
public:
  event_stream_connection(hub& home, stream_socket socket, unsigned version, session_client client)
      : client_connection(home, std::move(client)),
        wire_(std::move(socket), static_cast<gather_events&>(*this)),
        chunked_(version >= 11) {}

  void open(unsigned version, const session_grant& grant);

private:
  std::shared_ptr<event_stream_connection> self() {
    return std::static_pointer_cast<event_stream_connection>(shared_from_this());
  }
  void read();
  void append(std::string_view text);
  void bound_peer();
  tick_count repeat_turns() const noexcept { return static_cast<tick_count>(asked_->repeat_time / tick_time); }
  bool repeats_now() const noexcept {
    return !asked_->repeated.empty() && static_cast<std::int32_t>(repeats_at_ - hub_.wheel.now()) <= 0;
  }
  tick_count until_next() const noexcept;

  // client_connection
  gather_stream& wire() override { return wire_; }
  bool takes_messages() const override { return true; }
  void write(const outbox::message& message) override { append(*message.text); }
  void on_flushed() override;
  void start_closing(close_code code, std::string_view reason, counted cause) override;
  // gather_events
  void on_own_bytes() override {}
  void on_reads_dry() override {}
  bool peer_is_done() const override { return false; }
  // timed
  void on_deadline() override;

  gather_stream wire_;
  std::shared_ptr<const stream_request> asked_;
  std::size_t heard_bytes_ = 0; ///< that the client had no business to send
  tick_count written_at_ = 0;
  tick_count ends_at_ = 0;    ///< when the credential or the time asked for does; 0: never
  tick_count repeats_at_ = 0; ///< when the client's question is put again, if it has one
  const bool chunked_;        ///< else the end of the connection is the end of the body
  bool lingers_ = false;      ///< all is sent; we wait for the client to hang up
  std::array<char, 64> dropped_;
};

void event_stream_connection::open(unsigned version, const session_grant& grant) {
  asked_ = grant.stream;
  written_at_ = hub_.wheel.now();
  if (grant.valid_time)
    ends_at_ = written_at_ + ticks(*grant.valid_time);
  repeats_at_ = written_at_ + repeat_turns();
  enter_hub(grant.valid_time, hub_.limit.heartbeat_time);
  bound_peer();
  const auto head = event_stream_head(version);
  wire_.write_some(boost::asio::buffer(head));
  open_session(grant);
  if (hub_.stopping)
    return start_closing(close_code::going_away, "the service stops", counted::closed_at_shutdown);
  hub_.wheel.put(*this, until_next());
  read();
}

/// Nothing comes back on a stream, so it is the kernel that finds out that the client is gone.
void event_stream_connection::bound_peer() {
  const auto time = static_cast<unsigned>(hub_.limit.unacknowledged_time.count());
  ::setsockopt(wire_.next_layer().raw().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &time, sizeof time);
}

/// To hear that it hangs up. What it says is dropped.
void event_stream_connection::read() {
  wire_.async_read_some(boost::asio::buffer(dropped_),
                        [me = self()](const boost::system::error_code& failure, std::size_t bytes) {
                          if (me->phase_ == phase::gone || me->lingers_)
                            return;
                          me->heard_bytes_ += bytes;
                          if (failure)
                            return me->end(counted::closed_by_peer);
                          if (me->heard_bytes_ > me->hub_.limit.stream_input_bytes_max)
                            return me->end(counted::closed_violation);
                          me->read();
                        });
}

void event_stream_connection::append(std::string_view text) {
  written_at_ = hub_.wheel.now();
  if (!chunked_) {
    wire_.write_some(boost::asio::buffer(text.data(), text.size()));
    return;
  }
  std::array<char, 20> size;
  auto* end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  const std::array<boost::asio::const_buffer, 3> chunk{
      boost::asio::const_buffer(size.data(), static_cast<std::size_t>(end - size.data())),
      boost::asio::const_buffer(text.data(), text.size()), boost::asio::const_buffer("\r\n", 2)};
  wire_.write_some(chunk);
}

void event_stream_connection::on_flushed() {
  if (phase_ != phase::closing || blocked_ || lingers_)
    return;
  lingers_ = true;
  boost::system::error_code ignored;
  wire_.next_layer().cancel(ignored); // the read: lingering reads by itself
  async_linger(wire_.next_layer(),
               [me = self()](const boost::system::error_code&) { me->end(counted::closed_by_peer); });
}

/// The code goes into a comment, for who looks at the stream: programs see its end, and come again.
void event_stream_connection::start_closing(close_code code, std::string_view reason, counted cause) {
  if (phase_ != phase::open)
    return;
  enter_closing(cause);
  messages_to_wire(std::numeric_limits<std::size_t>::max());
  std::string last = ": closed, " + std::to_string(static_cast<unsigned>(code)) + ' ';
  last.append(reason).append("\n\n");
  append(last);
  if (chunked_)
    wire_.write_some(boost::asio::const_buffer("0\r\n\r\n", 5));
  if (!blocked_)
    unit_.at_round_end(*this);
}

tick_count event_stream_connection::until_next() const noexcept {
  auto next = left(written_at_, hub_.limit.heartbeat_time);
  if (!asked_->repeated.empty())
    next = std::min(next, repeats_at_ - hub_.wheel.now());
  if (ends_at_ != 0)
    next = std::min(next, ends_at_ - hub_.wheel.now());
  return std::max<tick_count>(1, next);
}

void event_stream_connection::on_deadline() {
  if (met_common_deadline() || met_stall_deadline())
    return;
  if (repeats_now()) {
    repeats_at_ = hub_.wheel.now() + repeat_turns();
    const io_unit::round answered(unit_);
    unit_.tell(session_, frame_received{asked_->repeated});
  }
  if (left(written_at_, hub_.limit.heartbeat_time) == 0) {
    append(heartbeat);
    unit_.at_round_end(*this);
  }
  hub_.wheel.put(*this, until_next());
}

} // namespace

std::string event_stream_head(unsigned version) {
  std::string head = version >= 11 ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" : "HTTP/1.0 200 OK\r\n";
  // The last one is for nginx, which else keeps events until it has many.
  head += "Server: btpay\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n"
          "X-Accel-Buffering: no\r\n\r\n";
  return head;
}

void open_event_stream(hub& home, stream_socket socket, unsigned version, session_client client) {
  const auto grant = client.grant;
  std::make_shared<event_stream_connection>(home, std::move(socket), version, std::move(client))->open(version, grant);
}

} // namespace btpay
