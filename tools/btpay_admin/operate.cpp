#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>

namespace btpay::admin_tool {

namespace {

using nlohmann::json;

std::string text_or(const json& value, const char* otherwise) {
  return value.is_string() ? value.get<std::string>() : otherwise;
}

int tell(const data_directory& where, const std::string& path, const json& order) {
  const auto answer = ask_running_service(where, path, order);
  return answer ? exit_done : fail(program, answer.error());
}

} // namespace

int list_sessions(const data_directory& where) {
  const auto answer = ask_running_service(where, "/admin/sessions", nullptr);
  if (!answer)
    return fail(program, answer.error());
  for (const auto& one : answer->at("log_ins"))
    std::printf("log-in  %s  %-20s  since %s  until %s\n", text_or(one.at("id"), "").c_str(),
                text_or(one.at("user"), "").c_str(), text_or(one.at("opened"), "?").c_str(),
                text_or(one.at("expires"), "?").c_str());
  for (const auto& one : answer->at("sockets"))
    std::printf("socket  %s  %-20s  %s  from %s  for %lld s\n", text_or(one.at("id"), "-").c_str(),
                text_or(one.at("user"), "-").c_str(), text_or(one.at("kind"), "").c_str(),
                text_or(one.at("peer"), "").c_str(), one.at("seconds").get<long long>());
  return exit_done;
}

int close_sessions(const data_directory& where, const std::string& id, const std::string& user) {
  return tell(where, "/admin/sessions/close", id.empty() ? json{{"user", user}} : json{{"id", id}});
}

int set_log_level(const data_directory& where, const std::string& level) {
  return tell(where, "/admin/log-level", {{"level", level}});
}

int drain(const data_directory& where) { return tell(where, "/admin/drain", json::object()); }

} // namespace btpay::admin_tool
