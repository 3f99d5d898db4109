#pragma once
/// An application that makes tokens, honest ones and others.

#include <memory>
#include <string>
#include <string_view>

namespace btpay::testing {

std::string base64url(std::string_view bytes);

/// A key of one kind, and what it signs.
class jwt_maker {
public:
  static jwt_maker hs256(std::string secret);
  static jwt_maker rs256(int bits = 2048);
  static jwt_maker es256();

  /// The public part; of a symmetric key all of it.
  std::string jwk(const std::string& more = "") const;
  /// The public part as PEM, as an attacker knows it.
  std::string pem() const;

  /// A token of these two JSON texts.
  std::string sign(std::string_view header, std::string_view claims) const;
  std::string sign(std::string_view claims) const { return sign(R"({"alg":")" + algorithm_ + R"("})", claims); }

private:
  std::string algorithm_;
  std::string secret_;
  std::shared_ptr<void> key_;
};

} // namespace btpay::testing
