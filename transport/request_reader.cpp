#include "transport/request_reader.hpp"

namespace btpay {

namespace http = boost::beast::http;

read_outcome outcome_of(const boost::system::error_code& failure) {
  if (failure == http::error::body_limit)
    return {refusals::body_too_long, failure};
  if (failure == http::error::bad_version)
    return {refusals::bad_version, failure};
  if (failure != http::error::partial_message &&
      failure.category() == make_error_code(http::error::body_limit).category())
    return {refusals::malformed, failure};
  return {{}, failure};
}

void request_reader::begin() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
  parser_->body_limit(body_bytes_max_);
  header_seen_ = 0;
}

void request_reader::forget() {
  parser_.reset();
  if (buffer_.size() == 0)
    buffer_.shrink_to_fit();
}

std::optional<read_outcome> request_reader::take_header() {
  const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
  const auto end = text.find("\r\n\r\n", header_seen_);
  if (end != std::string_view::npos && end + 4 <= header_bytes_max_) {
    boost::system::error_code failure;
    buffer_.consume(parser_->put(boost::asio::buffer(buffer_.data(), end + 4), failure));
    return outcome_of(failure);
  }
  if (end != std::string_view::npos || text.size() >= header_bytes_max_)
    return read_outcome{
        text.find('\n') == std::string_view::npos ? refusals::target_too_long : refusals::headers_too_long, {}};
  header_seen_ = text.size() < 3 ? 0 : text.size() - 3;
  return std::nullopt;
}

} // namespace btpay
