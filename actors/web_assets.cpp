#include "actors/web_assets.hpp"

#include "actors/http_answers.hpp"
#include "actors/negotiated_exchange.hpp"

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <utility>

namespace btpay {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kinds{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
}};

std::string_view kind_of(const std::filesystem::path& file) {
  const auto ending = file.extension().string();
  for (const auto& [known, content_type] : kinds)
    if (ending == known)
      return content_type;
  return {};
}

constexpr int smallest = 9; // of gzip, which is paid once

/// Everything a page of ours needs comes from the service itself.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

} // namespace

result<web_assets> web_assets::load(const std::vector<std::filesystem::path>& places) {
  web_assets loaded;
  for (const auto& place : places) {
    std::error_code error;
    const bool one_file = std::filesystem::is_regular_file(place, error);
    if (auto read = one_file ? loaded.load_file(place) : loaded.load_from(place); !read)
      return tl::unexpected(read.error());
  }
  return loaded;
}

result<void> web_assets::load_from(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (!kind_of(entry.path()).empty())
      if (auto read = load_file(entry.path()); !read)
        return read;
  if (error)
    return refuse(errc::storage_failed,
                  "cannot read the pages in " + directory.string() + ": " + error.message() + " (set --web)");
  return {};
}

result<void> web_assets::load_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file)
    return refuse(errc::storage_failed, "cannot read " + path.string());
  asset read{std::string(kind_of(path)), etag_of(bytes), nullptr, nullptr};
  if (auto small = gzipped(bytes, smallest); !small.empty() && small.size() < bytes.size())
    read.small = std::make_shared<const std::string>(std::move(small));
  read.bytes = std::make_shared<const std::string>(std::move(bytes));
  if (!assets_.emplace(path.filename().string(), std::move(read)).second)
    return refuse(errc::storage_failed, "two pages have the name of " + path.string());
  return {};
}

http_response web_assets::serve(std::string_view name, const http_request& request, unsigned status) const {
  const auto found = assets_.find(name);
  if (found == assets_.end())
    return refusal_answer({errc::unknown_item, "no such page"});
  const auto& file = found->second;
  http_response answer;
  answer.status = status;
  answer.content_type = file.content_type;
  answer.headers.emplace_back("ETag", file.etag);
  answer.headers.emplace_back("Cache-Control", "no-cache");
  answer.headers.emplace_back("Content-Security-Policy", content_security_policy);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.headers.emplace_back("X-Frame-Options", "DENY");
  answer.headers.emplace_back("Referrer-Policy", "same-origin");
  answer.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  if (request.secure)
    answer.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (status == 200 && names_etag(request.header("if-none-match"), file.etag)) {
    answer.status = 304;
  } else if (file.small && accepts_gzip(request.header("accept-encoding"))) {
    answer.body = file.small;
    answer.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    answer.body = file.bytes;
  }
  return answer;
}

} // namespace btpay
