#include "tests/transport/deflating_client.hpp"

#include <stdexcept>
#include <utility>

namespace btpay::testing {

namespace {

/// RFC 7692 section 7.2.1: what ends a flushed block is not sent.
constexpr std::string_view flushed_end{"\x00\x00\xFF\xFF", 4};

constexpr int window_bits = 12; ///< no more than the service takes
constexpr int memory_level = 8;

} // namespace

deflating_client::deflating_client(raw_client client, std::string_view parameters, std::string_view path)
    : wire_(std::move(client)) {
  const auto answer = wire_.try_upgrade_with(
      path, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate" +
                std::string(parameters) + "\r\n");
  if (answer.status != 101)
    throw std::runtime_error("no WebSocket");
  if (const auto found = answer.headers.find("sec-websocket-extensions"); found != answer.headers.end())
    agreed_ = found->second;
  if (deflateInit2(&out_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK ||
      inflateInit2(&in_, -15) != Z_OK)
    throw std::runtime_error("no zlib");
}

deflating_client::~deflating_client() {
  deflateEnd(&out_);
  inflateEnd(&in_);
}

std::string deflating_client::compressed(std::string_view text) {
  std::string payload(deflateBound(&out_, static_cast<uLong>(text.size())) + 16, '\0');
  out_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  out_.avail_in = static_cast<uInt>(text.size());
  out_.next_out = reinterpret_cast<Bytef*>(payload.data());
  out_.avail_out = static_cast<uInt>(payload.size());
  if (deflate(&out_, Z_SYNC_FLUSH) != Z_OK || out_.avail_in > 0)
    throw std::runtime_error("deflate");
  payload.resize(payload.size() - out_.avail_out - flushed_end.size());
  return payload;
}

std::string deflating_client::frame(std::string_view payload) {
  auto bytes = client_frame(opcode::text, payload);
  bytes[0] = static_cast<char>(bytes[0] | 0x40);
  return bytes;
}

std::string deflating_client::read_text() {
  std::string payload;
  bool is_compressed = false;
  for (bool first = true, final = false; !final; first = false) {
    const auto frame = wire_.read_frame(first);
    if (frame.kind != (first ? opcode::text : opcode::continuation))
      throw std::runtime_error("not a text message");
    if (first)
      is_compressed = frame.compressed;
    payload += frame.payload;
    final = frame.final;
  }
  payload_bytes_ += payload.size();
  if (!is_compressed)
    return payload;
  payload += flushed_end;
  std::string text(1 << 20, '\0');
  in_.next_in = reinterpret_cast<Bytef*>(payload.data());
  in_.avail_in = static_cast<uInt>(payload.size());
  in_.next_out = reinterpret_cast<Bytef*>(text.data());
  in_.avail_out = static_cast<uInt>(text.size());
  if (inflate(&in_, Z_SYNC_FLUSH) != Z_OK || in_.avail_in > 0)
    throw std::runtime_error("inflate");
  text.resize(text.size() - in_.avail_out);
  return text;
}

} // namespace btpay::testing
