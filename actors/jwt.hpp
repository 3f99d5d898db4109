#pragma once
/// JSON Web Tokens (RFC 7519) of an application that keeps the identities itself. Pure, but for OpenSSL: any bytes in,
/// claims or a reason out. No CAF.

#include "domain/errc.hpp"
#include "domain/time.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

struct jwt_claims {
  std::string subject; ///< the name of the user
  instant expires{};
};

/// Who is to be meant by a token, and by whom.
struct jwt_expectations {
  std::string audience; ///< has to be among `aud`; empty: a token with an audience is not for us
  std::string issuer;   ///< has to be `iss`; empty: any
};

/// Immutable; any thread.
class jwt_verifier {
public:
  /// `keys`: a JWK or a JWK Set (RFC 7517) of symmetric keys of at least 256 bits (HS256), RSA keys of at least 2048
  /// bits (RS256) and P-256 keys (ES256). A key is for the one algorithm of its kind, whatever a token says. Fails with
  /// `invalid_value`, also where one key of a set cannot be used.
  static result<jwt_verifier> make(std::string_view keys, jwt_expectations expected);

  jwt_verifier(jwt_verifier&&) noexcept;
  jwt_verifier& operator=(jwt_verifier&&) noexcept;
  ~jwt_verifier();

  /// Fails with `unauthenticated`; the message does not tell which check failed. `exp` and `sub` are required, `nbf`
  /// and `aud` respected. Costs up to 0.1 ms.
  result<jwt_claims> verify(std::string_view token, instant now) const;

private:
  struct key;
  jwt_verifier(std::vector<key> keys, jwt_expectations expected);
  bool is_signed(std::string_view header, std::string_view content, std::string_view signature) const;

  std::vector<key> keys_;
  jwt_expectations expected_;
};

/// Whether it looks like one: three parts.
bool is_jwt(std::string_view token) noexcept;

/// RFC 4648 section 5 without padding, in its one canonical form.
result<std::string> base64url_decoded(std::string_view text);

} // namespace btpay
