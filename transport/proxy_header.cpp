#include "transport/proxy_header.hpp"

#include <algorithm>
#include <cstring>

namespace btpay {

namespace ip = boost::asio::ip;

namespace {

constexpr std::string_view binary_signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view text_signature = "PROXY ";
constexpr std::size_t binary_head_bytes = 16;        ///< signature, version and command, family, length
constexpr std::size_t text_bytes_max = 107;          ///< with the line's end
constexpr std::size_t binary_rest_bytes_max = 2'048; ///< addresses and whatever the proxy adds to them

std::size_t rest_bytes(std::string_view head) {
  return static_cast<std::size_t>(static_cast<unsigned char>(head[14])) << 8U | static_cast<unsigned char>(head[15]);
}

template <class Address>
Address address_at(std::string_view bytes) {
  typename Address::bytes_type raw;
  std::memcpy(raw.data(), bytes.data(), raw.size());
  return Address(raw);
}

std::string_view next_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

} // namespace

std::size_t proxy_header::wanted() const noexcept {
  // No header of either version is shorter than this.
  if (bytes_.size() < binary_signature.size())
    return binary_signature.size() - bytes_.size();
  if (bytes_.compare(0, binary_signature.size(), binary_signature) != 0)
    return 1; // the line's end may be next
  if (bytes_.size() < binary_head_bytes)
    return binary_head_bytes - bytes_.size();
  return binary_head_bytes + rest_bytes(bytes_) - bytes_.size();
}

proxy_header::state proxy_header::add(std::string_view bytes) {
  bytes_.append(bytes);
  const auto seen = std::string_view(bytes_);
  const auto begins = [&seen](std::string_view signature) {
    const auto known = std::min(seen.size(), signature.size());
    return seen.substr(0, known) == signature.substr(0, known);
  };
  if (begins(binary_signature))
    return read_binary();
  return begins(text_signature) ? read_text() : state::wrong;
}

proxy_header::state proxy_header::read_text() {
  if (bytes_.size() < binary_signature.size() || bytes_.back() != '\n')
    return bytes_.size() >= text_bytes_max ? state::wrong : state::incomplete;
  auto rest = std::string_view(bytes_).substr(text_signature.size());
  if (rest.size() < 2 || rest[rest.size() - 2] != '\r')
    return state::wrong;
  rest.remove_suffix(2);
  const auto family = next_word(rest);
  if (family == "UNKNOWN")
    return state::complete;
  if (family != "TCP4" && family != "TCP6")
    return state::wrong;
  boost::system::error_code failure;
  const auto client = ip::make_address(std::string(next_word(rest)), failure);
  if (failure || client.is_v4() != (family == "TCP4"))
    return state::wrong;
  client_ = client;
  return state::complete;
}

proxy_header::state proxy_header::read_binary() {
  if (bytes_.size() < binary_head_bytes)
    return state::incomplete;
  const auto version_and_command = static_cast<unsigned char>(bytes_[12]);
  const auto family = static_cast<unsigned char>(bytes_[13]);
  const auto rest = rest_bytes(bytes_);
  if (version_and_command >> 4U != 2 || (version_and_command & 0x0FU) > 1 || rest > binary_rest_bytes_max)
    return state::wrong;
  if (bytes_.size() < binary_head_bytes + rest)
    return state::incomplete;
  if ((version_and_command & 0x0FU) == 0)
    return state::complete; // LOCAL: the proxy itself
  const auto addresses = std::string_view(bytes_).substr(binary_head_bytes);
  if (family == 0x11) { // TCP over IPv4: two addresses, two ports
    if (rest < 12)
      return state::wrong;
    client_ = address_at<ip::address_v4>(addresses);
  } else if (family == 0x21) {
    if (rest < 36)
      return state::wrong;
    client_ = address_at<ip::address_v6>(addresses);
  }
  return state::complete;
}

} // namespace btpay
