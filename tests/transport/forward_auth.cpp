#include "transport/forward_auth.hpp"

#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// An application that gives one answer to one request, and what it was asked.
class application {
public:
  explicit application(std::string reply) : reply_(std::move(reply)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~application() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  forward_auth_url url() const {
    return *forward_auth_url::parse("http://127.0.0.1:" + std::to_string(port_) + "/whoami?for=btpay");
  }
  std::string asked() { return asked_.get_future().get(); }

private:
  void serve() {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0)
      return;
    std::string text;
    char bytes[1024];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(client, bytes, sizeof bytes, 0);
      if (got <= 0)
        break;
      text.append(bytes, static_cast<std::size_t>(got));
    }
    ::send(client, reply_.data(), reply_.size(), MSG_NOSIGNAL);
    asked_.set_value(text);
    if (reply_.empty()) // never answers: until the client has had enough
      ::recv(client, bytes, sizeof bytes, 0);
    ::close(client);
  }

  std::string reply_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::promise<std::string> asked_;
  std::thread thread_;
};

result<std::string> ask(const forward_auth_url& url, forward_auth_limits limits = {}) {
  test_service service;
  auto& unit = service.units()[0];
  forward_auth asker(unit, url, limits);
  std::promise<result<std::string>> answered;
  unit.run_and_wait([&] {
    asker.ask("sessionid=django; theme=dark", "192.0.2.7",
              [&](result<std::string> name) { answered.set_value(std::move(name)); });
  });
  auto answer = answered.get_future().get();
  service.stop();
  return answer;
}

std::string reply(unsigned status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

errc code_of(const result<std::string>& answer) {
  REQUIRE_FALSE(answer);
  return answer.error().code;
}

} // namespace

TEST_CASE("the application is shown the cookies and says who it is") {
  application django(reply(200, R"({"username":"ana","more":1})"));
  CHECK(ask(django.url()) == "ana");
  const auto asked = django.asked();
  CHECK(asked.substr(0, asked.find('\r')) == "GET /whoami?for=btpay HTTP/1.1");
  CHECK(asked.find("\r\nCookie: sessionid=django; theme=dark\r\n") != std::string::npos);
  CHECK(asked.find("\r\nX-Forwarded-For: 192.0.2.7\r\n") != std::string::npos);
}

TEST_CASE("whatever else the application answers is a stranger") {
  for (const auto& [status, body] :
       {std::pair(401U, std::string("{}")), std::pair(302U, std::string()), std::pair(200U, std::string("ana")),
        std::pair(200U, std::string(R"({"username":""})")), std::pair(200U, std::string(R"({"username":7})")),
        std::pair(200U, std::string(R"(["username"])")), std::pair(403U, std::string(R"({"username":"ana"})"))}) {
    application django(reply(status, body));
    CHECK(code_of(ask(django.url())) == errc::unauthenticated);
  }
}

TEST_CASE("an application that is gone, fails, stalls or says too much is no answer") {
  forward_auth_limits limits;
  limits.answer_time = std::chrono::milliseconds(300);
  {
    application broken(reply(500, "{}"));
    CHECK(code_of(ask(broken.url(), limits)) == errc::overloaded);
  }
  {
    application stalling("");
    CHECK(code_of(ask(stalling.url(), limits)) == errc::overloaded);
  }
  {
    application verbose(reply(200, std::string(limits.answer_bytes_max + 1, ' ')));
    CHECK(code_of(ask(verbose.url(), limits)) == errc::overloaded);
  }
  {
    application nonsense("no HTTP at all\r\n\r\n");
    CHECK(code_of(ask(nonsense.url(), limits)) == errc::overloaded);
  }
  forward_auth_url nobody;
  nobody.host = "127.0.0.1";
  nobody.port = 1;
  CHECK(code_of(ask(nobody, limits)) == errc::overloaded);
  limits.questions_max = 0;
  CHECK(code_of(ask(nobody, limits)) == errc::overloaded);
}

TEST_CASE("a URL of an application is http with a host") {
  const auto url = forward_auth_url::parse("http://app.internal/who");
  REQUIRE(url);
  CHECK(url->host == "app.internal");
  CHECK(url->port == 80);
  CHECK(url->target == "/who");
  CHECK(forward_auth_url::parse("http://[::1]:8000")->host == "::1");
  CHECK(forward_auth_url::parse("http://[::1]:8000")->port == 8000);
  for (const auto* wrong : {"", "https://app/", "http://", "http:///path", "http://app:0/", "http://app:70000/",
                            "http://app:x/", "http://user@app/", "http://app/a b", "http://app/\r\nX: y"})
    CHECK_FALSE(forward_auth_url::parse(wrong));
}
