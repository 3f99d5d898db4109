#include "transport/gather_stream.hpp"

namespace btpay {

gather_stream::gather_stream(stream_socket socket, gather_events& events)
    : socket_(std::move(socket)), events_(events) {
  error_code ignored; // a socket that is broken already fails at its first use
  socket_.non_blocking(true, ignored);
}

gather_stream::sent gather_stream::send_pending() {
  if (pending_.empty())
    return sent::everything;
  error_code failure;
  const auto taken = socket_.write_some(boost::asio::buffer(pending_.data() + sent_, pending_bytes()), failure);
  sent_ += taken;
  if (failure == boost::asio::error::would_block || (!failure && pending_bytes() > 0))
    return sent::a_part;
  std::string().swap(pending_);
  sent_ = 0;
  return failure ? sent::failed : sent::everything;
}

} // namespace btpay
