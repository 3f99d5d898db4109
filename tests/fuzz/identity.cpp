/// What says who somebody is: cookies, forms, origins, JSON Web Tokens and their keys, PROXY headers, forwarded
/// addresses.

#include "actors/http_answers.hpp"
#include "actors/jwt.hpp"
#include "storage/credentials.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "transport/doorway.hpp"
#include "transport/forward_auth.hpp"
#include "transport/forwarding.hpp"
#include "transport/proxy_header.hpp"

using namespace btpay;

namespace {

constexpr instant now{std::chrono::seconds{1'770'000'000}};

void read_headers(std::string_view text) {
  http_request request;
  request.headers = {{"cookie", std::string(text)},
                     {"authorization", std::string(text)},
                     {"origin", std::string(text)},
                     {"host", std::string(text.substr(0, text.size() / 2))},
                     {"content-type", std::string(text)}};
  static_cast<void>(cookie(request, "sessionid"));
  static_cast<void>(bearer_token(request));
  static_cast<void>(is_foreign(request, {"https://app.example"}));
  static_cast<void>(has_media_type(request, "application/json"));
  static_cast<void>(form_field(text, "username"));
  const auto target = local_target(text);
  fuzz::must(target.front() == '/' && target.compare(0, 2, "//") != 0 && target.find('\n') == std::string::npos);
}

void read_tokens(std::string_view text) {
  static const auto verifier =
      jwt_verifier::make(R"({"kty":"oct","k":"c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M"})", {});
  // Nobody here knows how to sign, but for what is in the corpus.
  if (const auto claims = verifier->verify(text, now))
    fuzz::must(claims->subject == "ana" && claims->expires > now);
  static_cast<void>(jwt_verifier::make(text, {}));
  static_cast<void>(base64url_decoded(text));
  static_cast<void>(parse_id(text));
}

void read_addresses(std::string_view text) {
  address_set trusted;
  static_cast<void>(trusted.add("10.0.0.0/8"));
  static_cast<void>(trusted.add(text));
  const auto client = forwarded_client(text, trusted, boost::asio::ip::make_address("10.0.0.1"));
  fuzz::must(!counted_address(client).empty());
  static_cast<void>(forward_auth_url::parse(text));
  proxy_header header;
  auto state = proxy_header::state::incomplete;
  while (state == proxy_header::state::incomplete && !text.empty()) {
    const auto wanted = header.wanted();
    fuzz::must(wanted > 0);
    state = header.add(fuzz::take(text, wanted));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  read_headers(text);
  read_tokens(text);
  read_addresses(text);
  return 0;
}
