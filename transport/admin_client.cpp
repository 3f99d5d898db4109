#include "transport/admin_client.hpp"

#include "transport/limits.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <sys/un.h>
#include <utility>

namespace btpay {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

/// One request and its reply: three asynchronous operations in a row, since only those can time out.
class call {
public:
  call(http::request<http::string_body> request, std::chrono::milliseconds time) : request_(std::move(request)) {
    stream_.expires_after(time);
    reply_.body_limit(limits{}.body_bytes_max);
  }

  /// Returns the error that ended it, if one did.
  beast::error_code run(const net::local::stream_protocol::endpoint& where) {
    stream_.async_connect(where, [this](const beast::error_code& failure) {
      if (finished(failure))
        return;
      http::async_write(stream_, request_, [this](const beast::error_code& broken, std::size_t) {
        if (finished(broken))
          return;
        http::async_read(stream_, buffer_, reply_,
                         [this](const beast::error_code& cut, std::size_t) { finished(cut); });
      });
    });
    context_.run();
    return failure_;
  }

  http_reply reply() { return {reply_.get().result_int(), std::move(reply_.get().body())}; }

private:
  bool finished(const beast::error_code& failure) {
    failure_ = failure;
    return failure.failed();
  }

  net::io_context context_{1};
  beast::basic_stream<net::local::stream_protocol, net::io_context::executor_type> stream_{context_};
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> reply_;
  beast::flat_buffer buffer_;
  beast::error_code failure_;
};

tl::unexpected<admin_call_failure> failed(const std::filesystem::path& socket, const beast::error_code& failure) {
  const bool not_running =
      failure == net::error::connection_refused || failure == beast::errc::no_such_file_or_directory;
  return tl::unexpected(admin_call_failure{not_running, not_running ? "no service is running at " + socket.string()
                                                                    : "cannot talk to the service at " +
                                                                          socket.string() + ": " + failure.message()});
}

} // namespace

tl::expected<http_reply, admin_call_failure> call_service(const std::filesystem::path& socket, std::string_view method,
                                                          std::string_view target, std::string json,
                                                          std::chrono::milliseconds time) {
  // No service can have made a socket there.
  if (socket.native().size() >= sizeof(sockaddr_un::sun_path))
    return failed(socket, make_error_code(beast::errc::no_such_file_or_directory));
  http::request<http::string_body> request;
  request.method_string(beast::string_view(method.data(), method.size()));
  request.target(beast::string_view(target.data(), target.size()));
  request.version(11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "close");
  if (!json.empty())
    request.set(http::field::content_type, "application/json");
  request.body() = std::move(json);
  request.prepare_payload();

  call made(std::move(request), time);
  if (const auto failure = made.run(socket.native()))
    return failed(socket, failure);
  return made.reply();
}

} // namespace btpay
