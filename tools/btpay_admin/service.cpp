#include "tools/btpay_admin/service.hpp"

#include "transport/admin_client.hpp"

#include <chrono>

namespace btpay::admin_tool {

namespace {
constexpr std::chrono::seconds answer_time{30};
}

result<std::optional<nlohmann::json>> ask_service(const data_directory& where, const std::string& path,
                                                  const nlohmann::json& order) {
  const auto reply = call_service(where.admin_socket(), order.is_null() ? "GET" : "POST", path,
                                  order.is_null() ? std::string() : order.dump(), answer_time);
  if (!reply) {
    if (reply.error().not_running)
      return std::nullopt;
    return refuse(errc::storage_failed, reply.error().message);
  }
  auto body = nlohmann::json::parse(reply->body, nullptr, false);
  if (reply->status < 300 && body.is_object())
    return std::optional(std::move(body));
  return refuse(errc::invalid_value, body.is_object() ? body.value("message", reply->body) : reply->body);
}

result<nlohmann::json> ask_running_service(const data_directory& where, const std::string& path,
                                           const nlohmann::json& order) {
  auto answer = ask_service(where, path, order);
  if (!answer)
    return tl::unexpected(std::move(answer.error()));
  if (!*answer)
    return refuse(errc::invalid_value, "no service runs on " + where.root.string());
  return std::move(**answer);
}

} // namespace btpay::admin_tool
