#include "actors/jwt.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <optional>
#include <utility>

namespace btpay {

namespace {

using nlohmann::json;

constexpr std::size_t token_bytes_max = 8 * 1024;
constexpr std::size_t hmac_key_bytes_min = 32;
constexpr int rsa_bits_min = 2048;
constexpr std::size_t coordinate_bytes = 32; ///< of P-256
constexpr std::chrono::seconds clock_skew{30};

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};
using big_number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using param_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using ecdsa_signature = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;
using public_key = std::shared_ptr<EVP_PKEY>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

big_number number_from(std::string_view bytes) {
  return big_number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// Null where it is no such key.
public_key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const params described(OSSL_PARAM_BLD_to_param(builder));
  const key_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!described || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, described.get()) <= 0)
    return {};
  return public_key(made, EVP_PKEY_free);
}

public_key rsa_key(std::string_view modulus, std::string_view exponent) {
  const auto n = number_from(modulus);
  const auto e = number_from(exponent);
  const param_builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return {};
  auto key = key_from("RSA", builder.get());
  return key && EVP_PKEY_get_bits(key.get()) >= rsa_bits_min ? key : public_key();
}

public_key p256_key(std::string_view x, std::string_view y) {
  if (x.size() != coordinate_bytes || y.size() != coordinate_bytes)
    return {};
  const auto point = std::string("\x04").append(x).append(y);
  const param_builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return {};
  auto key = key_from("EC", builder.get());
  const key_context check(key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
  return check && EVP_PKEY_public_check(check.get()) == 1 ? key : public_key();
}

bool verify_sha256(EVP_PKEY* key, std::string_view content, std::string_view signature) {
  const digest_context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(content), content.size()) == 1;
}

/// RFC 7518 section 3.4: two numbers side by side, of which OpenSSL wants the DER form.
bool verify_es256(EVP_PKEY* key, std::string_view content, std::string_view signature) {
  if (signature.size() != 2 * coordinate_bytes)
    return false;
  const ecdsa_signature pair(ECDSA_SIG_new());
  auto r = number_from(signature.substr(0, coordinate_bytes));
  auto s = number_from(signature.substr(coordinate_bytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1)
    return false;
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  std::array<unsigned char, 80> der;
  auto* end = der.data();
  if (i2d_ECDSA_SIG(pair.get(), nullptr) > static_cast<int>(der.size()))
    return false;
  const auto length = i2d_ECDSA_SIG(pair.get(), &end);
  return length > 0 &&
         verify_sha256(key, content, {reinterpret_cast<const char*>(der.data()), static_cast<std::size_t>(length)});
}

bool verify_hs256(std::string_view secret, std::string_view content, std::string_view signature) {
  std::array<unsigned char, 32> mac;
  unsigned length = mac.size();
  return HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(content), content.size(),
              mac.data(), &length) != nullptr &&
         signature.size() == mac.size() && CRYPTO_memcmp(mac.data(), signature.data(), mac.size()) == 0;
}

std::string text_member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// A member in base64url; empty where it is none.
std::string bytes_member(const json& object, const char* name) {
  return base64url_decoded(text_member(object, name)).value_or("");
}

/// A NumericDate: seconds since the epoch, perhaps with a fraction. Absent where it is no date that we can count.
std::optional<instant> date_member(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number())
    return {};
  const auto seconds = found->get<double>();
  if (!(std::abs(seconds) < 1e11))
    return {};
  return instant(std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds)));
}

bool is_for(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end())
    return audience.empty();
  if (audience.empty())
    return false;
  const auto& all = *found;
  if (!all.is_array())
    return all == audience;
  return std::find(all.begin(), all.end(), audience) != all.end();
}

tl::unexpected<refusal> refused() {
  return refuse(errc::unauthenticated, "the token is not valid here, or has expired: get a new one");
}

} // namespace

struct jwt_verifier::key {
  std::string id;
  std::string algorithm; ///< the only one that it is used with
  std::string secret;    ///< of HS256
  public_key open;       ///< of the others

  static result<key> read(const json& jwk);
};

result<jwt_verifier::key> jwt_verifier::key::read(const json& jwk) {
  key one;
  if (jwk.is_object()) {
    one.id = text_member(jwk, "kid");
    const auto type = text_member(jwk, "kty");
    if (type == "oct") {
      one.algorithm = "HS256";
      one.secret = bytes_member(jwk, "k");
    } else if (type == "RSA") {
      one.algorithm = "RS256";
      one.open = rsa_key(bytes_member(jwk, "n"), bytes_member(jwk, "e"));
    } else if (type == "EC" && text_member(jwk, "crv") == "P-256") {
      one.algorithm = "ES256";
      one.open = p256_key(bytes_member(jwk, "x"), bytes_member(jwk, "y"));
    }
    if ((one.open || one.secret.size() >= hmac_key_bytes_min) &&
        (!jwk.contains("alg") || text_member(jwk, "alg") == one.algorithm) &&
        (!jwk.contains("use") || text_member(jwk, "use") == "sig"))
      return one;
  }
  return refuse(errc::invalid_value, "a key of the JWK file cannot be used: oct of 256 bits (HS256), RSA of 2048 bits "
                                     "(RS256) or EC on P-256 (ES256) is wanted");
}

jwt_verifier::jwt_verifier(std::vector<key> keys, jwt_expectations expected)
    : keys_(std::move(keys)), expected_(std::move(expected)) {}
jwt_verifier::jwt_verifier(jwt_verifier&&) noexcept = default;
jwt_verifier& jwt_verifier::operator=(jwt_verifier&&) noexcept = default;
jwt_verifier::~jwt_verifier() = default;

result<jwt_verifier> jwt_verifier::make(std::string_view keys, jwt_expectations expected) {
  const auto parsed = json::parse(keys, nullptr, false);
  std::vector<key> usable;
  const auto set = parsed.is_object() ? parsed.find("keys") : parsed.end();
  const auto members = set != parsed.end() && set->is_array() ? *set : json::array({parsed});
  for (const auto& jwk : members) {
    auto one = key::read(jwk);
    if (!one)
      return tl::unexpected(std::move(one.error()));
    usable.push_back(std::move(*one));
  }
  if (usable.empty())
    return refuse(errc::invalid_value, "the JWK file has no keys");
  return jwt_verifier(std::move(usable), std::move(expected));
}

/// Whether a key of ours signed it. Its algorithm is the key's; that of the header only has to be the same.
bool jwt_verifier::is_signed(std::string_view header, std::string_view content, std::string_view signature) const {
  const auto described = json::parse(header, nullptr, false);
  // RFC 7515 section 4.1.11: what is critical has to be understood, and we understand none.
  if (!described.is_object() || described.contains("crit"))
    return false;
  const auto algorithm = text_member(described, "alg");
  const auto id = text_member(described, "kid");
  return std::any_of(keys_.begin(), keys_.end(), [&](const key& one) {
    if (one.algorithm != algorithm || (!id.empty() && !one.id.empty() && id != one.id))
      return false;
    if (algorithm == "HS256")
      return verify_hs256(one.secret, content, signature);
    return algorithm == "ES256" ? verify_es256(one.open.get(), content, signature)
                                : verify_sha256(one.open.get(), content, signature);
  });
}

result<jwt_claims> jwt_verifier::verify(std::string_view token, instant now) const {
  if (token.size() > token_bytes_max || !is_jwt(token))
    return refused();
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  const auto header = base64url_decoded(token.substr(0, first));
  const auto payload = base64url_decoded(token.substr(first + 1, second - first - 1));
  const auto signature = base64url_decoded(token.substr(second + 1));
  if (!header || !payload || !signature || !is_signed(*header, token.substr(0, second), *signature))
    return refused();

  const auto claims = json::parse(*payload, nullptr, false);
  if (!claims.is_object() || !is_for(claims, expected_.audience) ||
      (!expected_.issuer.empty() && text_member(claims, "iss") != expected_.issuer))
    return refused();
  const auto expires = date_member(claims, "exp");
  const auto not_before = date_member(claims, "nbf");
  if (!expires || *expires <= now || (claims.contains("nbf") && (!not_before || *not_before > now + clock_skew)))
    return refused();
  auto subject = text_member(claims, "sub");
  if (subject.empty())
    return refused();
  return jwt_claims{std::move(subject), *expires};
}

bool is_jwt(std::string_view token) noexcept { return std::count(token.begin(), token.end(), '.') == 2; }

result<std::string> base64url_decoded(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string decoded;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos)
      return refuse(errc::malformed, "not base64url");
    bits = bits << 6U | static_cast<unsigned>(value);
    count += 6;
    if (count < 8)
      continue;
    count -= 8;
    decoded += static_cast<char>(bits >> count & 0xFFU);
    bits &= (1U << count) - 1;
  }
  // One character alone is no byte, and what is left over has to be zero: each value has one spelling.
  if (count >= 6 || bits != 0)
    return refuse(errc::malformed, "not base64url");
  return decoded;
}

} // namespace btpay
