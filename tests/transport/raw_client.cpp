#include "tests/transport/raw_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace btpay::testing {

namespace {

/// Far more than any answer takes, so that only a missing answer meets it.
constexpr timeval patience{20, 0};

void check(bool fine, const char* what) {
  if (!fine)
    throw std::system_error(errno, std::generic_category(), what);
}

int open_socket(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd >= 0, "socket");
  check(::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
  check(::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0, "SO_SNDTIMEO");
  return fd;
}

template <class Address>
void connect_to(int fd, const Address& address) {
  check(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
}

} // namespace

unsigned raw_frame::close_code() const {
  if (payload.size() < 2)
    return 1005;
  return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8 | static_cast<unsigned char>(payload[1]);
}

raw_client::raw_client(std::uint16_t port, int receive_bytes) : socket_(open_socket(AF_INET)) {
  if (receive_bytes > 0)
    check(::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes) == 0, "SO_RCVBUF");
  const int on = 1;
  check(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "TCP_NODELAY");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect_to(socket_, address);
}

raw_client::raw_client(const std::filesystem::path& socket) : socket_(open_socket(AF_UNIX)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  connect_to(socket_, address);
}

raw_client::raw_client(raw_client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), tls_(std::move(other.tls_)), received_(std::move(other.received_)) {}

raw_client::~raw_client() {
  tls_.reset();
  if (socket_ >= 0)
    ::close(socket_);
}

void raw_client::use_tls(int version_max) {
  std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
  auto* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (version_max != 0)
    SSL_CTX_set_max_proto_version(context, version_max);
  auto* connection = SSL_new(context);
  SSL_CTX_free(context);
  tls_.reset(connection, [](SSL* made) { SSL_free(made); });
  SSL_set_fd(connection, socket_);
  if (SSL_connect(connection) != 1)
    throw std::runtime_error("no TLS");
}

std::string raw_client::server_name() const {
  auto* certificate = SSL_get1_peer_certificate(static_cast<SSL*>(tls_.get()));
  char name[256] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  X509_free(certificate);
  return name;
}

std::ptrdiff_t raw_client::receive(char* into, std::size_t bytes) {
  if (!tls_)
    return ::recv(socket_, into, bytes, 0);
  auto* connection = static_cast<SSL*>(tls_.get());
  const auto got = SSL_read(connection, into, static_cast<int>(bytes));
  return got > 0 || SSL_get_error(connection, got) != SSL_ERROR_ZERO_RETURN ? got : 0;
}

void raw_client::send(std::string_view bytes) {
  if (tls_ && !bytes.empty())
    return check(SSL_write(static_cast<SSL*>(tls_.get()), bytes.data(), static_cast<int>(bytes.size())) > 0,
                 "SSL_write");
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    check(sent > 0, "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void raw_client::finish_sending() { check(::shutdown(socket_, SHUT_WR) == 0, "shutdown"); }

void raw_client::fill() {
  char bytes[16 * 1024];
  const auto got = receive(bytes, sizeof bytes);
  check(got >= 0, "recv");
  if (got == 0)
    throw std::runtime_error("the peer ended the connection");
  received_.append(bytes, static_cast<std::size_t>(got));
}

std::string raw_client::take(std::size_t bytes) {
  while (received_.size() < bytes)
    fill();
  auto taken = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return taken;
}

bool raw_client::reads_end() {
  if (!received_.empty())
    return false;
  char byte = 0;
  if (tls_) {
    auto* connection = static_cast<SSL*>(tls_.get());
    const auto got = SSL_peek(connection, &byte, 1);
    return got <= 0 && SSL_get_error(connection, got) == SSL_ERROR_ZERO_RETURN;
  }
  const auto got = ::recv(socket_, &byte, 1, MSG_PEEK);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

raw_response raw_client::read_response(bool head) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    fill();
  const auto text = take(end + 4);
  raw_response response;
  response.status = static_cast<unsigned>(std::stoul(text.substr(9, 3)));
  for (auto begin = text.find("\r\n") + 2; begin < end;) {
    const auto line_end = text.find("\r\n", begin);
    const auto colon = text.find(':', begin);
    auto name = text.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    response.headers[name] = text.substr(colon + 2, line_end - colon - 2);
    begin = line_end + 2;
  }
  const auto length = response.headers.find("content-length");
  if (!head && length != response.headers.end())
    response.body = take(std::stoul(length->second));
  return response;
}

std::string raw_client::read_chunk() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos)
    fill();
  const auto length = std::stoul(take(end + 2), nullptr, 16);
  auto chunk = take(length + 2);
  chunk.resize(length);
  return chunk;
}

std::string raw_client::read_chunk_but(std::string_view passed_over) {
  auto chunk = read_chunk();
  while (chunk == passed_over)
    chunk = read_chunk();
  return chunk;
}

raw_response raw_client::get(std::string_view path) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return read_response();
}

raw_response raw_client::try_upgrade(std::string_view path) {
  send("GET " + std::string(path) +
       " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  return read_response();
}

raw_response raw_client::try_upgrade_with(std::string_view path, std::string_view headers) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) + "\r\n");
  return read_response();
}

void raw_client::upgrade(std::string_view path) {
  const auto response = try_upgrade(path);
  // The answer to this key is an example of RFC 6455 section 1.3.
  if (response.status != 101 || response.headers.at("sec-websocket-accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    throw std::runtime_error("no WebSocket: " + std::to_string(response.status) + " " + response.body);
}

std::string client_frame(opcode kind, std::string_view payload, bool final) {
  std::string bytes;
  bytes += static_cast<char>((final ? 0x80 : 0) | static_cast<int>(kind));
  const auto append_length = [&](std::size_t width) {
    for (auto i = width; i > 0; --i)
      bytes += static_cast<char>(payload.size() >> (8 * (i - 1)));
  };
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    bytes += static_cast<char>(0x80 | 126);
    append_length(2);
  } else {
    bytes += static_cast<char>(0x80 | 127);
    append_length(8);
  }
  constexpr char mask[] = {0x12, 0x34, 0x56, 0x78};
  bytes.append(mask, sizeof mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    bytes += static_cast<char>(payload[i] ^ mask[i % 4]);
  return bytes;
}

void raw_client::send_frame(opcode kind, std::string_view payload, bool final) {
  send(client_frame(kind, payload, final));
}

raw_frame raw_client::read_frame(bool may_be_compressed) {
  const auto start = take(2);
  const auto first = static_cast<unsigned char>(start[0]);
  const auto second = static_cast<unsigned char>(start[1]);
  raw_frame frame;
  frame.final = (first & 0x80u) != 0;
  frame.kind = static_cast<opcode>(first & 0x0Fu);
  frame.compressed = (first & 0x40u) != 0;
  if ((second & 0x80u) != 0 || (first & (may_be_compressed ? 0x30u : 0x70u)) != 0)
    throw std::runtime_error("a server's frame is masked or has reserved bits");
  std::size_t length = second;
  if (second >= 126) {
    length = 0;
    for (const char c : take(second == 126 ? 2 : 8))
      length = length << 8 | static_cast<unsigned char>(c);
  }
  frame.payload = take(length);
  return frame;
}

std::string raw_client::read_text() {
  auto frame = read_frame();
  if (frame.kind != opcode::text || !frame.final)
    throw std::runtime_error("not a text message: opcode " + std::to_string(static_cast<int>(frame.kind)) + ", " +
                             frame.payload);
  return std::move(frame.payload);
}

} // namespace btpay::testing
