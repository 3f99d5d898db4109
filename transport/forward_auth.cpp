#include "transport/forward_auth.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include <charconv>
#include <memory>
#include <utility>

namespace btpay {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;

result<forward_auth_url> forward_auth_url::parse(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  const auto wrong = refuse(errc::invalid_value, "`" + std::string(text) +
                                                     "` is no URL of an application on a trusted network, such as "
                                                     "http://127.0.0.1:8000/btpay/whoami");
  if (text.substr(0, scheme.size()) != scheme)
    return wrong;
  text.remove_prefix(scheme.size());
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '@' || c == '#')
      return wrong;
  forward_auth_url url;
  const auto path = std::min(text.find('/'), text.size());
  auto authority = text.substr(0, path);
  if (path < text.size())
    url.target = text.substr(path);
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const auto digits = authority.substr(colon + 1);
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || rest != digits.data() + digits.size() || url.port == 0)
      return wrong;
    authority = authority.substr(0, colon);
  }
  if (authority.size() > 2 && authority.front() == '[' && authority.back() == ']')
    authority = authority.substr(1, authority.size() - 2);
  if (authority.empty())
    return wrong;
  url.host = authority;
  return url;
}

/// One exchange on a connection of its own. Lives while something of it is under way.
class forward_auth::question : public std::enable_shared_from_this<question> {
public:
  question(forward_auth& home, std::string cookies, std::string_view peer, answer then)
      : home_(home), resolver_(home.unit_.context()), stream_(home.unit_.context()), then_(std::move(then)) {
    request_.method(http::verb::get);
    request_.target(home.url_.target);
    request_.version(11);
    request_.set(http::field::host, home.url_.host);
    request_.set(http::field::connection, "close");
    request_.set(http::field::accept, "application/json");
    request_.set(http::field::cookie, cookies);
    request_.set("X-Forwarded-For", beast::string_view(peer.data(), peer.size()));
    reply_.body_limit(home.limits_.answer_bytes_max);
    reply_.header_limit(static_cast<std::uint32_t>(home.limits_.answer_bytes_max));
  }

  void start() {
    ++home_.asking_;
    stream_.expires_after(home_.limits_.answer_time);
    resolver_.async_resolve(home_.url_.host, std::to_string(home_.url_.port),
                            [self = shared_from_this()](const beast::error_code& failure, const auto& found) {
                              if (failure)
                                return self->finish(failure);
                              self->connect(found);
                            });
  }

private:
  void connect(const tcp::resolver::results_type& found) {
    stream_.async_connect(found, [self = shared_from_this()](const beast::error_code& failure, const auto&) {
      if (failure)
        return self->finish(failure);
      http::async_write(self->stream_, self->request_, [self](const beast::error_code& broken, std::size_t) {
        if (broken)
          return self->finish(broken);
        http::async_read(self->stream_, self->buffer_, self->reply_,
                         [self](const beast::error_code& cut, std::size_t) { self->finish(cut); });
      });
    });
  }

  void finish(const beast::error_code& failure) {
    --home_.asking_;
    beast::error_code ignored;
    stream_.socket().close(ignored);
    const io_unit::round answered(home_.unit_);
    if (failure || reply_.get().result_int() >= 500)
      return then_(refuse(errc::overloaded, "the application that has the log-in does not answer: try again later"));
    then_(name_in(reply_.get()));
  }

  static result<std::string> name_in(const http::response<http::string_body>& reply) {
    if (reply.result() == http::status::ok) {
      const auto body = nlohmann::json::parse(reply.body(), nullptr, false);
      const auto found = body.is_object() ? body.find("username") : body.end();
      if (body.is_object() && found != body.end() && found->is_string() && !found->get<std::string>().empty())
        return found->get<std::string>();
    }
    return refuse(errc::unauthenticated, "log in to the application first");
  }

  forward_auth& home_;
  net::ip::basic_resolver<tcp, net::io_context::executor_type> resolver_;
  beast::basic_stream<tcp, net::io_context::executor_type> stream_;
  http::request<http::empty_body> request_;
  http::response_parser<http::string_body> reply_;
  beast::flat_buffer buffer_;
  answer then_;
};

forward_auth::forward_auth(io_unit& unit, forward_auth_url url, forward_auth_limits limits)
    : unit_(unit), url_(std::move(url)), limits_(limits) {}

void forward_auth::ask(std::string cookies, std::string_view peer, answer then) {
  if (asking_ >= limits_.questions_max)
    return unit_.post([then = std::move(then)] {
      then(refuse(errc::overloaded, "too many log-ins are being asked for: try again later"));
    });
  std::make_shared<question>(*this, std::move(cookies), peer, std::move(then))->start();
}

} // namespace btpay
