#pragma once
/// Online backup: a copy of one moment of an LMDB environment, while its owner goes on.

#include "domain/errc.hpp"

#include <filesystem>

namespace btpay {

/// Copies the environment (a log, accounts, views) in `from` into `to`, a directory that is missing or empty; returns
/// when the copy is on the disk. Blocks for as long as the disk takes. Not in a process that has `from` open.
result<void> back_up_environment(const std::filesystem::path& from, const std::filesystem::path& to);

/// Whether there is an environment in `dir`.
bool holds_environment(const std::filesystem::path& dir);

} // namespace btpay
