#pragma once
/// What HTTP offers beside the answer itself: validators, compression, and problem details for refusals.

#include "actors/interfaces.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace btpay {

/// Hands each answer on in the form that the request accepts: a JSON answer gets an ETag and is 304 where the client
/// has it, texts are gzipped where that is worth it, and a refusal is a problem of RFC 9457 as well. Same thread as the
/// exchange that it wraps.
class negotiated_exchange final : public http_exchange {
public:
  negotiated_exchange(std::shared_ptr<http_exchange> inner, const http_request& request);

  void respond(http_response response) override;
  void accept_websocket(session_grant grant) override;
  void accept_stream(session_grant grant) override;

private:
  std::shared_ptr<http_exchange> inner_;
  std::string wanted_unless_; ///< If-None-Match
  std::string path_;
  bool reads_;
  bool takes_gzip_;
};

/// The smallest body that is compressed: below, the packet is not fewer.
inline constexpr std::size_t compressed_bytes_min = 1'400;

/// Whether an `Accept-Encoding` allows gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Whether an `Accept` allows a media type such as `text/html`; one that is not there allows all.
bool accepts_type(std::string_view accept, std::string_view type);

/// A text as a gzip file; empty where zlib is out of memory. `level` from 1 (quick) to 9 (small).
std::string gzipped(std::string_view text, int level);

/// `"…"` of the content.
std::string etag_of(std::string_view content);

/// Whether an `If-None-Match` names an ETag, weakly compared.
bool names_etag(std::string_view if_none_match, std::string_view etag);

} // namespace btpay
