#include "transport/forwarding.hpp"

#include <algorithm>
#include <array>
#include <string>

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

bool tells_of_proxy(const http_request& request) {
  constexpr std::array<std::string_view, 6> added_by_proxies{
      "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"};
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return std::ranges::find(added_by_proxies, header.first) != added_by_proxies.end();
  });
}

void take_forwarded(http_request& request, const address_set& trusted, const ip::address& proxy) {
  // Several headers of one name are one list.
  std::string clients;
  for (const auto& [name, value] : request.headers)
    if (name == "x-forwarded-for")
      clients.append(clients.empty() ? "" : ",").append(value);
    else if (name == "x-forwarded-proto")
      request.secure |= value == "https";
  if (!clients.empty())
    request.peer = counted_address(forwarded_client(clients, trusted, proxy));
}

} // namespace btpay
