#include "tests/actors/jwt_maker.hpp"

#include <array>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdexcept>
#include <vector>

namespace btpay::testing {

namespace {

void check(bool fine) {
  if (!fine)
    throw std::runtime_error("OpenSSL cannot make a token");
}

EVP_PKEY* key_of(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::string number(EVP_PKEY* key, const char* name, std::size_t bytes = 0) {
  BIGNUM* value = nullptr;
  check(EVP_PKEY_get_bn_param(key, name, &value) == 1);
  std::string raw(bytes != 0 ? bytes : static_cast<std::size_t>(BN_num_bytes(value)), '\0');
  check(BN_bn2binpad(value, reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(raw.size())) > 0);
  BN_free(value);
  return raw;
}

std::string signature_of(EVP_PKEY* key, std::string_view content) {
  auto* context = EVP_MD_CTX_new();
  std::size_t length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
  check(EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
  check(EVP_DigestSign(context, nullptr, &length, bytes, content.size()) == 1);
  std::string raw(length, '\0');
  check(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(raw.data()), &length, bytes, content.size()) == 1);
  raw.resize(length);
  EVP_MD_CTX_free(context);
  return raw;
}

std::string plain_pair(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  auto* pair = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
  check(pair != nullptr);
  std::array<unsigned char, 64> raw;
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw.data() + 32, 32);
  ECDSA_SIG_free(pair);
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

} // namespace

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6)
      text += alphabet[bits >> (count - 6) & 63U];
    bits &= (1U << count) - 1;
  }
  if (count > 0)
    text += alphabet[bits << (6 - count) & 63U];
  return text;
}

jwt_maker jwt_maker::hs256(std::string secret) {
  jwt_maker made;
  made.algorithm_ = "HS256";
  made.secret_ = std::move(secret);
  return made;
}

jwt_maker jwt_maker::rs256(int bits) {
  jwt_maker made;
  made.algorithm_ = "RS256";
  made.key_.reset(EVP_RSA_gen(static_cast<unsigned>(bits)), [](EVP_PKEY* key) { EVP_PKEY_free(key); });
  return made;
}

jwt_maker jwt_maker::es256() {
  jwt_maker made;
  made.algorithm_ = "ES256";
  made.key_.reset(EVP_EC_gen("P-256"), [](EVP_PKEY* key) { EVP_PKEY_free(key); });
  return made;
}

std::string jwt_maker::jwk(const std::string& more) const {
  if (algorithm_ == "HS256")
    return R"({"kty":"oct","k":")" + base64url(secret_) + "\"" + more + "}";
  auto* key = key_of(key_);
  if (algorithm_ == "RS256")
    return R"({"kty":"RSA","n":")" + base64url(number(key, OSSL_PKEY_PARAM_RSA_N)) + R"(","e":")" +
           base64url(number(key, OSSL_PKEY_PARAM_RSA_E)) + "\"" + more + "}";
  return R"({"kty":"EC","crv":"P-256","x":")" + base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)) + R"(","y":")" +
         base64url(number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32)) + "\"" + more + "}";
}

std::string jwt_maker::pem() const {
  auto* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(out, key_of(key_));
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out, &text);
  std::string copy(text, static_cast<std::size_t>(length));
  BIO_free(out);
  return copy;
}

std::string jwt_maker::sign(std::string_view header, std::string_view claims) const {
  auto content = base64url(header) + "." + base64url(claims);
  std::string signature;
  if (algorithm_ == "HS256") {
    std::array<unsigned char, 32> mac;
    unsigned length = mac.size();
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), mac.data(), &length);
    signature.assign(reinterpret_cast<const char*>(mac.data()), length);
  } else {
    signature = signature_of(key_of(key_), content);
    if (algorithm_ == "ES256")
      signature = plain_pair(signature);
  }
  return content + "." + base64url(signature);
}

} // namespace btpay::testing
