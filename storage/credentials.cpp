#include "storage/credentials.hpp"

#include "storage/sodium.hpp"

#include <charconv>

namespace btpay {

namespace {

/// The hash of 32 random bytes that nobody kept, made by `hash_password`'s limits.
const std::string nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$PPYFF/0006oTyZAqZtvJ3g$ToG6ZFHyCqr00Fjor1sZs3xvzdmwxr6yptEWVwIbwNg";

} // namespace

result<std::string> hash_password(std::string_view password) {
  require_sodium();
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return refuse(errc::overloaded, "not enough memory to hash a password: try again later");
  return std::string{text.data()};
}

bool verify_password(const std::string& hash, std::string_view password) noexcept {
  require_sodium();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool verify_no_password(std::string_view password) noexcept {
  static_cast<void>(verify_password(nobodys_hash, password));
  return false;
}

std::string make_secret() {
  require_sodium();
  std::array<unsigned char, 32> bits;
  randombytes_buf(bits.data(), bits.size());
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(sizeof bits, variant)> text;
  return sodium_bin2base64(text.data(), text.size(), bits.data(), bits.size(), variant);
}

secret_digest digest_of_secret(std::string_view secret) noexcept {
  require_sodium();
  secret_digest digest;
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr, 0);
  return digest;
}

std::uint64_t id_of_digest(std::string_view digest) noexcept {
  std::uint64_t id = 0;
  for (const char c : digest.substr(0, sizeof id))
    id = id << 8U | static_cast<unsigned char>(c);
  return id == 0 ? 1 : id;
}

std::uint64_t id_of_secret(std::string_view secret) noexcept {
  const auto digest = digest_of_secret(secret);
  return id_of_digest({digest.data(), digest.size()});
}

std::string id_text(std::uint64_t id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4)
    text += digits[id >> static_cast<unsigned>(shift) & 15U];
  return text;
}

result<std::uint64_t> parse_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (text.size() != 16 || error != std::errc{} || rest != text.data() + text.size())
    return refuse(errc::invalid_value, "an id has 16 hex digits, as in the list");
  return id;
}

} // namespace btpay
