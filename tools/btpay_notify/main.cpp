#include "tools/common/command_line.hpp"
#include "tools/common/data_directory.hpp"
#include "tools/common/exit_codes.hpp"
#include "transport/admin_client.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr const char* program = "btpay-notify";
constexpr std::chrono::seconds answer_time{60};

struct arguments {
  std::string data = "data";
  std::vector<std::string> users;
  bool everyone = false;
  std::string message;
  std::string level = "info";
  std::string amount;
  std::string currency = "RON";
  std::string key;
};

nlohmann::json order_of(const arguments& given) {
  nlohmann::json order{{"message", given.message}, {"level", given.level}};
  if (given.everyone)
    order["all"] = true;
  else
    order["users"] = given.users;
  if (!given.amount.empty()) {
    order["amount"] = given.amount;
    order["currency"] = given.currency;
  }
  if (!given.key.empty())
    order["key"] = given.key;
  return order;
}

} // namespace

int main(int argc, char** argv) {
  using namespace btpay;
  arguments given;
  CLI::App app{"Posts a notification to users of a running btpayd.", program};
  app.set_version_flag("--version", std::string(program) + " " BTPAY_VERSION);
  app.add_option("--data", given.data, "Data directory of the service")->envname("BTPAY_DATA");
  auto* whom = app.add_option_group("whom");
  whom->add_option("--user", given.users, "A user's name; may be given more than once");
  whom->add_flag("--all", given.everyone, "Every user");
  whom->require_option(1);
  app.add_option("--message", given.message, "What to say")->required();
  app.add_option("--level", given.level, "info, success, warning or error");
  app.add_option("--amount", given.amount, "An amount to show beside it");
  app.add_option("--currency", given.currency, "The amount's currency");
  app.add_option("--key", given.key, "A notification of the same key is posted once per user");
  if (const auto ended = parse_command_line(app, program, argc, argv))
    return *ended;
  const auto reply = call_service(data_directory{given.data}.admin_socket(), "POST", "/api/v1/notifications",
                                  order_of(given).dump(), answer_time);
  if (!reply)
    return fail(program, reply.error().message);
  const auto body = nlohmann::json::parse(reply->body, nullptr, false);
  if (reply->status != 200)
    return fail(program, body.is_object() ? body.value("message", reply->body) : reply->body);
  std::printf("notified %llu\n", body.value("notified", 0ULL));
  return exit_done;
}
