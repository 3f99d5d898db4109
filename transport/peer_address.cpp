#include "transport/peer_address.hpp"

#include <algorithm>
#include <charconv>

namespace btpay {

namespace ip = boost::asio::ip;

namespace {

ip::address_v6::bytes_type bytes_of(const ip::address& address) {
  return address.is_v6() ? address.to_v6().to_bytes() : ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

} // namespace

ip::address plain(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::string counted_address(const ip::address& address) {
  const auto client = plain(address);
  if (client.is_v4() || client.is_loopback())
    return client.to_string();
  auto bytes = client.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return ip::address_v6(bytes).to_string() + "/64";
}

result<void> address_set::add(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code failure;
  const auto address = plain(ip::make_address(std::string(text.substr(0, slash)), failure));
  const unsigned most = address.is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || rest != digits.data() + digits.size() || bits > most)
      failure = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
  }
  if (failure)
    return refuse(errc::invalid_value, "`" + std::string(text) + "` is no address or network, such as 10.0.0.0/8");
  networks_.push_back({address, address.is_v4() ? bits + 96 : bits});
  return {};
}

bool address_set::contains(const ip::address& address) const {
  const auto client = plain(address);
  const auto bytes = bytes_of(client);
  return std::any_of(networks_.begin(), networks_.end(), [&](const network& one) {
    if (one.address.is_v4() != client.is_v4())
      return false;
    const auto prefix = bytes_of(one.address);
    for (unsigned bit = 0; bit < one.bits; bit += 8) {
      const auto left = std::min(8U, one.bits - bit);
      const auto mask = static_cast<unsigned char>(0xFF00U >> left);
      if (((bytes[bit / 8] ^ prefix[bit / 8]) & mask) != 0)
        return false;
    }
    return true;
  });
}

} // namespace btpay
