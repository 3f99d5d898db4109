#include "actors/http_answers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace btpay {

namespace {

constexpr std::string_view dashboard_path = "/finance/bt-pay/";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return c - '0';
  const auto l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string form_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

unsigned status_of(errc code) noexcept {
  switch (code) {
  case errc::unauthenticated:
    return 401;
  case errc::forbidden:
    return 403;
  case errc::unknown_user:
  case errc::unknown_item:
    return 404;
  case errc::already_exists:
  case errc::stale:
    return 409;
  case errc::too_long:
    return 413;
  case errc::overloaded:
  case errc::shutting_down:
  case errc::storage_full:
    return 503;
  case errc::storage_failed:
  case errc::corrupt_record:
  case errc::unsupported_version:
    return 500;
  default:
    return 400;
  }
}

} // namespace

std::string_view http_request::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers)
    if (key == name)
      return value;
  return {};
}

std::string_view cookie(const http_request& request, std::string_view name) {
  auto rest = request.header("cookie");
  while (!rest.empty()) {
    const auto pair = trimmed(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.size(), rest.find(';')));
    if (!rest.empty())
      rest.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return {};
}

std::string_view bearer_token(const http_request& request) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = request.header("authorization");
  if (value.size() <= scheme.size() || !equal_ignoring_case(value.substr(0, scheme.size()), scheme))
    return {};
  return trimmed(value.substr(scheme.size()));
}

bool is_loopback(std::string_view address) { return address == "::1" || address.starts_with("127."); }

std::optional<std::string> form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const auto pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (form_decoded(pair.substr(0, equals)) == name)
      return equals == std::string_view::npos ? std::string() : form_decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

result<std::int64_t> number_of(std::string_view query, std::string_view name, std::int64_t least, std::int64_t most,
                               std::int64_t otherwise) {
  const auto text = form_field(query, name);
  if (!text)
    return otherwise;
  std::int64_t value = 0;
  const auto* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || rest != end || value < least || value > most)
    return refuse(errc::invalid_value, "\"" + std::string(name) + "\" must be a whole number from " +
                                           std::to_string(least) + " to " + std::to_string(most));
  return value;
}

bool has_media_type(const http_request& request, std::string_view media_type) {
  const auto value = request.header("content-type");
  return equal_ignoring_case(trimmed(value.substr(0, value.find(';'))), media_type);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
  }
  return encoded;
}

std::string local_target(std::string_view next) {
  const auto is_local = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\") &&
                        std::ranges::all_of(next, [](char c) { return c > ' ' && c < 0x7F && c != '\\'; });
  return std::string(is_local ? next : dashboard_path);
}

bool is_same_origin(const http_request& request) {
  const auto origin = request.header("origin");
  if (origin.empty())
    return true;
  const auto scheme_end = origin.find("://");
  return scheme_end != std::string_view::npos &&
         equal_ignoring_case(origin.substr(scheme_end + 3), request.header("host"));
}

bool is_foreign(const http_request& request, const std::vector<std::string>& allowed_origins) {
  if (const auto origin = request.header("origin"); !origin.empty())
    return !is_same_origin(request) && std::ranges::none_of(allowed_origins, [origin](const std::string& one) {
      return equal_ignoring_case(one, origin);
    });
  const auto site = request.header("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none";
}

http_response json_answer(unsigned status, std::string body) {
  http_response answer;
  answer.status = status;
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.body = std::make_shared<const std::string>(std::move(body));
  return answer;
}

http_response refusal_answer(const refusal& why) {
  const nlohmann::json body{{"error", to_string(why.code)}, {"message", why.message}};
  auto answer = json_answer(status_of(why.code), body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (answer.status == 503)
    answer.headers.emplace_back("Retry-After", "1");
  if (answer.status == 401)
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

http_response redirect(std::string location) {
  http_response answer;
  answer.status = 303;
  answer.headers.emplace_back("Location", std::move(location));
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

http_response text_answer(unsigned status, std::string text) {
  http_response answer;
  answer.status = status;
  answer.content_type = "text/plain; charset=utf-8";
  answer.body = std::make_shared<const std::string>(std::move(text));
  return answer;
}

} // namespace btpay
