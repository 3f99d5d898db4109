#pragma once
/// Keeps a second process from writing the same log: LMDB would let it, but the writer holds the heads of users and of
/// the hash chain in memory. The kernel gives the lock back however the process ends.

#include "domain/errc.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

namespace btpay {

class writer_lock {
public:
  /// Takes the lock of the directory `dir`, by a file in it. Fails with `storage_failed`; where another process has the
  /// lock, the message ends with `advice`.
  static result<writer_lock> take(const std::filesystem::path& dir, std::string_view advice = "stop it first");

  writer_lock(writer_lock&& other) noexcept : file_{std::exchange(other.file_, -1)} {}
  writer_lock& operator=(writer_lock&&) = delete;
  ~writer_lock();

private:
  explicit writer_lock(int file) noexcept : file_{file} {}
  int file_;
};

} // namespace btpay
