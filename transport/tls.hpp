#pragma once
/// TLS by OpenSSL, straight on a non-blocking socket: no buffers of our own between the two, and eight bytes for a
/// connection without it.

#include "domain/errc.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>

namespace btpay {

/// A certificate and its key, with what is spoken: TLS 1.2 and 1.3, HTTP/1.1, no renegotiation, no compression.
/// Immutable; any thread.
class tls_identity {
public:
  /// PEM files; the certificate first, then those that lead to the root. Fails with `invalid_value`.
  static result<std::shared_ptr<const tls_identity>> load(const std::filesystem::path& certificate,
                                                          const std::filesystem::path& key);
  ~tls_identity();
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;

private:
  friend class tls_session;
  struct context;
  explicit tls_identity(std::unique_ptr<context>);
  std::unique_ptr<context> context_;
};

/// The identity for new connections; those that are open keep theirs. Any thread.
class tls_source {
public:
  std::shared_ptr<const tls_identity> current() const {
    const std::lock_guard lock(mutex_);
    return identity_;
  }
  void replace(std::shared_ptr<const tls_identity> identity) {
    const std::lock_guard lock(mutex_);
    identity_ = std::move(identity);
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const tls_identity> identity_;
};

/// The server's side of one connection. Used on one thread.
class tls_session {
public:
  /// `socket` must be non-blocking, and stay open as long as this.
  tls_session(const tls_identity& identity, int socket);
  ~tls_session();
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// What has to happen before the same call can go on, or that it is over.
  enum class step { done, wants_read, wants_write, ended, failed };
  struct moved {
    step what;
    std::size_t bytes; ///< if `done`
  };
  step handshake();
  moved read(void* into, std::size_t bytes);
  /// After `wants_…` the next call must begin with the same bytes, wherever they are by then.
  moved write(const void* from, std::size_t bytes);
  /// Tells the peer that no more will come. Whether that could be sent is all the same: the socket is shut after it.
  void say_goodbye();
  /// Whether bytes of the peer have been taken from the socket and not been read.
  bool has_buffered() const;

private:
  step what_now(int returned);
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace btpay
