#pragma once
/// A client that can also do what no honest client does. Blocking, each wait bounded; whatever takes too long or ends
/// too early throws, which fails the test that waits for it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace btpay::testing {

struct raw_response {
  unsigned status = 0;
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;
};

/// RFC 6455 section 5.2.
enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct raw_frame {
  opcode kind{};
  bool final = true;
  bool compressed = false; ///< RFC 7692: the first reserved bit
  std::string payload;

  /// Of a close frame; 1005 where it has none.
  unsigned close_code() const;
};

class raw_client {
public:
  /// `receive_bytes`: of the kernel's buffer, for a client that reads slowly; 0 for the default.
  explicit raw_client(std::uint16_t port, int receive_bytes = 0);
  explicit raw_client(const std::filesystem::path& socket);
  ~raw_client();
  raw_client(raw_client&& other) noexcept;
  raw_client& operator=(raw_client&&) = delete;

  /// From now on through TLS, whoever the server says it is; throws where no handshake comes about. `version_max`: such
  /// as 0x0302 for TLS 1.1; 0 for the newest.
  void use_tls(int version_max = 0);
  /// The common name of the server's certificate.
  std::string server_name() const;

  void send(std::string_view bytes);
  /// Says that nothing more will come.
  void finish_sending();

  /// Reads one response. `head`: it has no body whatever its headers say.
  raw_response read_response(bool head = false);
  raw_response get(std::string_view path);

  /// One chunk of a body in chunks; empty for the last.
  std::string read_chunk();
  /// The next one that is not `passed_over`.
  std::string read_chunk_but(std::string_view passed_over);
  std::string read_bytes(std::size_t count) { return take(count); }

  /// Asks for a WebSocket and expects to get it.
  void upgrade(std::string_view path = "/ws");
  raw_response try_upgrade(std::string_view path = "/ws");

  /// An upgrade request with these headers beside `Host` and in place of the usual ones.
  raw_response try_upgrade_with(std::string_view path, std::string_view headers);

  void send_frame(opcode kind, std::string_view payload, bool final = true);
  void send_text(std::string_view payload) { send_frame(opcode::text, payload); }
  /// `may_be_compressed`: that bit may be set.
  raw_frame read_frame(bool may_be_compressed = false);
  /// The next text message; anything else is a failure.
  std::string read_text();

  /// Waits for a byte or the end. Tells whether it is the end; a byte is left to be read.
  bool reads_end();

private:
  void fill();
  std::string take(std::size_t bytes);

  std::ptrdiff_t receive(char* into, std::size_t bytes);

  int socket_ = -1;
  std::shared_ptr<void> tls_; ///< an OpenSSL connection, or none
  std::string received_;
};

/// The bytes of one frame as a client sends it, masked.
std::string client_frame(opcode kind, std::string_view payload, bool final = true);

} // namespace btpay::testing
