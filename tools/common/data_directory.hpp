#pragma once
/// The layout of a data directory.

#include <filesystem>

namespace btpay {

struct data_directory {
  std::filesystem::path root;

  std::filesystem::path log() const { return root / "log"; }           ///< the events; locked by their one writer
  std::filesystem::path accounts() const { return root / "accounts"; } ///< users, browser sessions, tokens
  std::filesystem::path views() const { return root / "views"; }       ///< rendered views; can be made from the log
  std::filesystem::path admin_socket() const { return root / "admin.sock"; }
};

} // namespace btpay
