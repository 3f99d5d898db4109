#include "transport/doorway.hpp"

namespace btpay {

namespace ip = boost::asio::ip;

boost::asio::ip::address forwarded_client(std::string_view forwarded_for, const address_set& trusted,
                                          const ip::address& fallback) {
  auto last = fallback;
  while (!forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    auto text = comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1);
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
      text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
      text.remove_suffix(1);
    boost::system::error_code failure;
    const auto address = ip::make_address(std::string(text), failure);
    if (failure)
      break;
    last = plain(address);
    if (!trusted.contains(last))
      break;
  }
  return last;
}

} // namespace btpay
