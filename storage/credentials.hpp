#pragma once
/// Passwords and bearer secrets, by libsodium. Any thread.

#include "domain/errc.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace btpay {

/// Argon2id with libsodium's interactive limits: 64 MiB and about 0.1 s. Fails with `overloaded` where that memory
/// cannot be had. The text holds salt and limits, so these may be raised later.
result<std::string> hash_password(std::string_view password);

/// Costs the same, whether it is the password or not.
bool verify_password(const std::string& hash, std::string_view password) noexcept;

/// Costs what `verify_password` costs and gives false: for a name that nobody has, so that the time does not tell.
bool verify_no_password(std::string_view password) noexcept;

/// 256 random bits as 43 characters of base64url.
std::string make_secret();

/// What is stored in place of a secret: who reads the store cannot log in with it. A plain hash is enough for 256
/// random bits.
using secret_digest = std::array<char, 32>;
secret_digest digest_of_secret(std::string_view secret) noexcept;

/// The first 64 bits of a digest: names a secret in lists and commands without telling it. Never 0.
std::uint64_t id_of_digest(std::string_view digest) noexcept;
std::uint64_t id_of_secret(std::string_view secret) noexcept;
/// As 16 hex digits, and back.
std::string id_text(std::uint64_t id);
result<std::uint64_t> parse_id(std::string_view text);

} // namespace btpay
