#pragma once
/// A socket that remembers what its session did with it.

#include "actors/ports.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace btpay::testing {

class fake_connection final : public connection {
public:
  void send(shared_bytes text, conflation replaces) override {
    if (!closed)
      sent.push_back({*text, replaces});
  }
  void send_binary(shared_bytes bytes) override {
    if (!closed)
      sent_binary.push_back(*bytes);
  }
  bool send_delta(shared_bytes text, conflation view) override {
    if (!full)
      send(std::move(text), view);
    return !full;
  }
  void close(close_code code, std::string_view) override {
    if (!closed)
      closed = code;
  }

  struct frame {
    std::string text;
    conflation replaces;
  };

  /// The types of the messages since the last call, in order.
  std::vector<std::string> types() {
    std::vector<std::string> names;
    for (const auto& frame : std::exchange(sent, {}))
      names.push_back(nlohmann::json::parse(frame.text).at("type"));
    return names;
  }

  std::vector<frame> sent;
  std::vector<std::string> sent_binary;
  bool full = false; ///< takes no deltas
  std::optional<close_code> closed;
};

} // namespace btpay::testing
