#include "actors/jwt.hpp"

#include "tests/actors/jwt_maker.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

namespace btpay {

namespace {

using namespace testing;

constexpr instant now{std::chrono::seconds{1'770'000'000}};
const std::string secret(32, 's');

jwt_verifier verifier_of(const std::string& keys, jwt_expectations expected = {}) {
  auto made = jwt_verifier::make(keys, std::move(expected));
  REQUIRE(made);
  return std::move(*made);
}

std::string claims(const std::string& more = "") { return R"({"sub":"ana","exp":1770000060)" + more + "}"; }

bool refuses(const jwt_verifier& verifier, const std::string& token) {
  const auto answer = verifier.verify(token, now);
  if (!answer)
    CHECK(answer.error().code == errc::unauthenticated);
  return !answer;
}

} // namespace

TEST_CASE("a token of each algorithm is known by its key, and by no other") {
  const std::vector<jwt_maker> makers{jwt_maker::hs256(secret), jwt_maker::rs256(), jwt_maker::es256()};
  const std::vector<jwt_maker> others{jwt_maker::hs256(std::string(32, 't')), jwt_maker::rs256(), jwt_maker::es256()};
  const auto all = verifier_of("{\"keys\":[" + makers[0].jwk() + "," + makers[1].jwk() + "," + makers[2].jwk() + "]}");
  for (std::size_t i = 0; i < makers.size(); ++i) {
    const auto known = all.verify(makers[i].sign(claims()), now);
    REQUIRE(known);
    CHECK(known->subject == "ana");
    CHECK(known->expires == now + std::chrono::seconds{60});
    CHECK(refuses(all, others[i].sign(claims())));
    for (std::size_t k = 0; k < makers.size(); ++k)
      CHECK(verifier_of(makers[k].jwk()).verify(makers[i].sign(claims()), now).has_value() == (i == k));
  }
}

TEST_CASE("the algorithm is the key's, whatever the token says") {
  const auto rsa = jwt_maker::rs256();
  const auto ec = jwt_maker::es256();
  const auto both = verifier_of("{\"keys\":[" + rsa.jwk() + "," + ec.jwk() + "]}");
  // Signed with what everybody knows, as if it were a secret.
  for (const auto& known : {rsa.pem(), ec.pem(), rsa.jwk(), ec.jwk()})
    CHECK(refuses(both, jwt_maker::hs256(known).sign(claims())));
  for (const std::string header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"NONE"})", R"({"alg":""})", R"({})", R"({"alg":null})",
        R"({"alg":"HS384"})", R"({"alg":"PS256"})", R"({"alg":["RS256"]})", R"([])", ""}) {
    CHECK(refuses(both, rsa.sign(header, claims())));
    CHECK(refuses(both, base64url(header) + "." + base64url(claims()) + "."));
  }
  CHECK(refuses(both, rsa.sign(R"({"alg":"ES256"})", claims())));
  CHECK(refuses(both, ec.sign(R"({"alg":"RS256"})", claims())));
  // What is critical has to be understood.
  CHECK(refuses(both, rsa.sign(R"({"alg":"RS256","crit":["b64"],"b64":false})", claims())));
  // A key that the token brings along is nobody's.
  CHECK(refuses(both, jwt_maker::hs256(secret).sign(R"({"alg":"HS256","jwk":)" + jwt_maker::hs256(secret).jwk() + "}",
                                                    claims())));
}

TEST_CASE("a token that was changed anywhere is refused") {
  BTPAY_SEEDED(random);
  const auto maker = jwt_maker::es256();
  const auto verifier = verifier_of(maker.jwk());
  const auto token = maker.sign(claims());
  REQUIRE(verifier.verify(token, now));
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(refuses(verifier, changed));
    CHECK(refuses(verifier, token.substr(0, i)));
  }
  for (int i = 0; i < 1000; ++i) {
    auto noise = token;
    for (auto n = random() % 4 + 1; n > 0; --n)
      noise[random() % noise.size()] = static_cast<char>(random());
    if (noise != token)
      CHECK(refuses(verifier, noise));
  }
}

TEST_CASE("a token is good in its time only") {
  const auto maker = jwt_maker::hs256(secret);
  const auto verifier = verifier_of(maker.jwk());
  CHECK(verifier.verify(maker.sign(R"({"sub":"ana","exp":1770000001})"), now));
  CHECK(verifier.verify(maker.sign(R"({"sub":"ana","exp":1770000000.5})"), now));
  CHECK(verifier.verify(maker.sign(claims(R"(,"nbf":1770000030)")), now)); // clocks differ a little
  for (const std::string wrong :
       {R"({"sub":"ana"})", R"({"sub":"ana","exp":1770000000})", R"({"sub":"ana","exp":0})",
        R"({"sub":"ana","exp":-1})", R"({"sub":"ana","exp":"1770000060"})", R"({"sub":"ana","exp":null})",
        R"({"sub":"ana","exp":1e300})", R"({"exp":1770000060})", R"({"sub":"","exp":1770000060})",
        R"({"sub":7,"exp":1770000060})", R"(["sub"])", "7", "", "{"})
    CHECK(refuses(verifier, maker.sign(wrong)));
  CHECK(refuses(verifier, maker.sign(claims(R"(,"nbf":1770000031)"))));
  CHECK(refuses(verifier, maker.sign(claims(R"(,"nbf":"soon")"))));
}

TEST_CASE("a token for somebody else is not for us") {
  const auto maker = jwt_maker::hs256(secret);
  const auto ours = verifier_of(maker.jwk(), {"btpay", "https://app.example"});
  const std::string issuer = R"(,"iss":"https://app.example")";
  CHECK(ours.verify(maker.sign(claims(issuer + R"(,"aud":"btpay")")), now));
  CHECK(ours.verify(maker.sign(claims(issuer + R"(,"aud":["other","btpay"])")), now));
  CHECK(refuses(ours, maker.sign(claims(issuer))));
  CHECK(refuses(ours, maker.sign(claims(issuer + R"(,"aud":"btpay2")"))));
  CHECK(refuses(ours, maker.sign(claims(issuer + R"(,"aud":[])"))));
  CHECK(refuses(ours, maker.sign(claims(issuer + R"(,"aud":{"btpay":1})"))));
  CHECK(refuses(ours, maker.sign(claims(R"(,"iss":"https://evil.example","aud":"btpay")"))));
  CHECK(refuses(ours, maker.sign(claims(R"(,"aud":"btpay")"))));
  const auto anybodys = verifier_of(maker.jwk());
  CHECK(anybodys.verify(maker.sign(claims()), now));
  CHECK(refuses(anybodys, maker.sign(claims(R"(,"aud":"other")"))));
}

TEST_CASE("a token that names a key is checked by that key") {
  const auto first = jwt_maker::hs256(secret);
  const auto second = jwt_maker::hs256(std::string(32, 't'));
  const auto verifier = verifier_of("{\"keys\":[" + first.jwk(R"(,"kid":"1","alg":"HS256","use":"sig")") + "," +
                                    second.jwk(R"(,"kid":"2")") + "]}");
  CHECK(verifier.verify(first.sign(claims()), now));
  CHECK(verifier.verify(first.sign(R"({"alg":"HS256","kid":"1"})", claims()), now));
  CHECK(refuses(verifier, first.sign(R"({"alg":"HS256","kid":"2"})", claims())));
  CHECK(refuses(verifier, first.sign(R"({"alg":"HS256","kid":"../1"})", claims())));
}

TEST_CASE("keys that are weak, unknown or for something else are refused at start") {
  for (const auto& wrong :
       {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"keys":[]})"),
        std::string(R"({"keys":[7]})"), std::string(R"({"kty":"oct","k":"c2hvcnQ"})"),
        std::string(R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"), std::string(R"({"kty":"RSA","n":"AQAB","e":"AQAB"})"),
        std::string(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
        std::string(R"({"kty":"EC","crv":"P-256","x":")") + std::string(43, 'A') + R"(","y":")" + std::string(43, 'A') +
            "\"}",
        jwt_maker::rs256(1024).jwk(), jwt_maker::hs256(std::string(31, 's')).jwk(),
        jwt_maker::rs256().jwk(R"(,"alg":"HS256")"), jwt_maker::es256().jwk(R"(,"use":"enc")")}) {
    const auto made = jwt_verifier::make(wrong, {});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_value);
  }
}

TEST_CASE("base64url has one spelling for each value") {
  BTPAY_SEEDED(random);
  for (int i = 0; i < 200; ++i) {
    std::string bytes;
    for (auto n = random() % 40; n > 0; --n)
      bytes += static_cast<char>(random());
    CHECK(base64url_decoded(base64url(bytes)) == bytes);
  }
  for (const auto* wrong : {"A", "AB=", "AA==", "A+/B", "AAB", "AB", " AAAA", "AAAAA"})
    CHECK_FALSE(base64url_decoded(wrong));
}

} // namespace btpay
