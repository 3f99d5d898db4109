#include "actors/negotiated_exchange.hpp"

#include "actors/http_answers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <zlib.h>

namespace btpay {

namespace {

constexpr int quick = 1;
constexpr std::string_view problem_json = "application/problem+json";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Calls `take` with each member of a list with commas, until it says true.
template <class F>
bool any_of_list(std::string_view list, F take) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (take(trimmed(list.substr(0, comma))))
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Whether a member of such a list is wanted at all: its `q` is not 0.
bool has_weight(std::string_view member) {
  const auto parameters = member.substr(std::min(member.find(';'), member.size()));
  const auto q = parameters.find("q=");
  return q == std::string_view::npos || parameters.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
}

bool is_json(const http_response& response) { return response.content_type.starts_with("application/json"); }

bool is_text(const http_response& response) {
  return is_json(response) || response.content_type.starts_with("text/") || response.content_type == problem_json;
}

bool has_header(const http_response& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [name](const auto& one) { return one.first == name; });
}

std::string_view title_of(unsigned status) {
  switch (status) {
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 406:
    return "Not Acceptable";
  case 409:
    return "Conflict";
  case 413:
    return "Content Too Large";
  case 426:
    return "Upgrade Required";
  case 503:
    return "Service Unavailable";
  default:
    return status < 500 ? "Bad Request" : "Internal Server Error";
  }
}

/// Adds the members of RFC 9457 to `{"error":…,"message":…}`; what has none of these stays as it is.
void make_problem(http_response& response, const std::string& path) {
  auto body = nlohmann::json::parse(*response.body, nullptr, false);
  if (!body.is_object() || !body.contains("error") || !body.contains("message"))
    return;
  body["type"] = "about:blank";
  body["title"] = title_of(response.status);
  body["status"] = response.status;
  body["detail"] = body["message"];
  body["instance"] = path;
  response.content_type = problem_json;
  response.body =
      std::make_shared<const std::string>(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

} // namespace

negotiated_exchange::negotiated_exchange(std::shared_ptr<http_exchange> inner, const http_request& request)
    : inner_(std::move(inner)),
      wanted_unless_(request.header("if-none-match")),
      path_(request.path),
      reads_(request.method == http_method::get || request.method == http_method::head),
      takes_gzip_(accepts_gzip(request.header("accept-encoding"))) {}

void negotiated_exchange::accept_websocket(session_grant grant) { inner_->accept_websocket(std::move(grant)); }

void negotiated_exchange::accept_stream(session_grant grant) { inner_->accept_stream(std::move(grant)); }

void negotiated_exchange::respond(http_response response) {
  if (!response.body)
    return inner_->respond(std::move(response));
  if (response.status >= 400 && is_json(response))
    make_problem(response, path_);
  if (reads_ && response.status == 200 && is_json(response) && !has_header(response, "ETag")) {
    auto etag = etag_of(*response.body);
    if (names_etag(wanted_unless_, etag)) {
      response.status = 304;
      response.body = nullptr;
    }
    response.headers.emplace_back("ETag", std::move(etag));
    response.headers.emplace_back("Vary", "Cookie, Accept-Encoding");
    if (!response.body)
      return inner_->respond(std::move(response));
  }
  if (takes_gzip_ && is_text(response) && response.body->size() >= compressed_bytes_min &&
      !has_header(response, "Content-Encoding")) {
    auto small = gzipped(*response.body, quick);
    if (!small.empty() && small.size() < response.body->size()) {
      response.body = std::make_shared<const std::string>(std::move(small));
      response.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  inner_->respond(std::move(response));
}

bool accepts_gzip(std::string_view accept_encoding) {
  return any_of_list(accept_encoding, [](std::string_view coding) {
    const auto name = trimmed(coding.substr(0, coding.find(';')));
    return (name == "gzip" || name == "*") && has_weight(coding);
  });
}

bool accepts_type(std::string_view accept, std::string_view type) {
  const auto any_of_its_kind = std::string(type.substr(0, type.find('/'))) + "/*";
  return accept.empty() || any_of_list(accept, [&](std::string_view range) {
           const auto name = trimmed(range.substr(0, range.find(';')));
           return (name == type || name == any_of_its_kind || name == "*/*") && has_weight(range);
         });
}

std::string gzipped(std::string_view text, int level) {
  constexpr int gzip_window = 15 + 16; // zlib: the largest window, and 16 more for gzip's header
  constexpr int usual_memory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, usual_memory, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

std::string etag_of(std::string_view content) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), std::hash<std::string_view>{}(content), 16).ptr;
  return "W/\"" + std::string(digits.begin(), end) + '"';
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  return any_of_list(if_none_match, [&](std::string_view one) { return one == "*" || opaque(one) == opaque(etag); });
}

} // namespace btpay
