#include "transport/tls.hpp"

#include <algorithm>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string_view>
#include <utility>

namespace btpay {

namespace {

/// The one protocol spoken above TLS, as ALPN writes it.
constexpr std::string_view http11 = "\x08http/1.1";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  const auto* ours = reinterpret_cast<const unsigned char*>(http11.data());
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, ours, static_cast<unsigned>(http11.size()), offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK; // who offers nothing that we know gets HTTP/1.1 all the same
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

tl::unexpected<refusal> cannot_use(const std::filesystem::path& file) {
  const auto code = ERR_peek_last_error();
  const auto* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return refuse(errc::invalid_value, "cannot use " + file.string() + " for TLS: " + (reason ? reason : "no PEM file"));
}

int clamped(std::size_t bytes) {
  constexpr std::size_t most = 1U << 30U;
  return static_cast<int>(std::min(bytes, most));
}

} // namespace

struct tls_identity::context {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  ~context() { SSL_CTX_free(raw); }
};

tls_identity::tls_identity(std::unique_ptr<context> made) : context_(std::move(made)) {}
tls_identity::~tls_identity() = default;

result<std::shared_ptr<const tls_identity>> tls_identity::load(const std::filesystem::path& certificate,
                                                               const std::filesystem::path& key) {
  ERR_clear_error();
  auto made = std::make_unique<context>();
  auto* raw = made->raw;
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Of TLS 1.2 only what has forward secrecy and is authenticated.
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) != 1)
    return cannot_use(certificate);
  if (SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(raw) != 1)
    return cannot_use(key);
  return std::shared_ptr<const tls_identity>(new tls_identity(std::move(made)));
}

struct tls_session::state {
  SSL* raw;
  ~state() { SSL_free(raw); }
};

tls_session::tls_session(const tls_identity& identity, int socket)
    : state_(new state{SSL_new(identity.context_->raw)}) {
  SSL_set_fd(state_->raw, socket);
  SSL_set_accept_state(state_->raw);
}

tls_session::~tls_session() = default;

tls_session::step tls_session::what_now(int returned) {
  switch (SSL_get_error(state_->raw, returned)) {
  case SSL_ERROR_WANT_READ:
    return step::wants_read;
  case SSL_ERROR_WANT_WRITE:
    return step::wants_write;
  case SSL_ERROR_ZERO_RETURN:
    return step::ended;
  default:
    ERR_clear_error();
    // What is sent after a fatal error would be read as something else; OpenSSL asks not to go on.
    return step::failed;
  }
}

tls_session::step tls_session::handshake() {
  ERR_clear_error();
  const auto returned = SSL_do_handshake(state_->raw);
  return returned == 1 ? step::done : what_now(returned);
}

tls_session::moved tls_session::read(void* into, std::size_t bytes) {
  ERR_clear_error();
  const auto returned = SSL_read(state_->raw, into, clamped(bytes));
  if (returned > 0)
    return {step::done, static_cast<std::size_t>(returned)};
  return {what_now(returned), 0};
}

tls_session::moved tls_session::write(const void* from, std::size_t bytes) {
  ERR_clear_error();
  const auto returned = SSL_write(state_->raw, from, clamped(bytes));
  if (returned > 0)
    return {step::done, static_cast<std::size_t>(returned)};
  return {what_now(returned), 0};
}

void tls_session::say_goodbye() {
  if (SSL_is_init_finished(state_->raw) == 0)
    return;
  ERR_clear_error();
  SSL_shutdown(state_->raw);
  ERR_clear_error();
}

bool tls_session::has_buffered() const { return SSL_has_pending(state_->raw) != 0; }

} // namespace btpay
