#include "storage/account_store.hpp"
#include "storage/lmdb_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <limits>

namespace btpay::replay {

namespace {

using json = nlohmann::ordered_json;

json to_json(const transaction& t) {
  json object{{"source", t.source},
              {"external_id", t.external_id},
              {"date", to_rfc3339(t.date)},
              {"amount", to_decimal(t.amount)},
              {"currency", t.amount.unit.code()},
              {"description", t.description}};
  if (t.merchant)
    object["merchant"] = *t.merchant;
  if (t.mcc)
    object["mcc"] = *t.mcc;
  object["bank_status"] = to_string(t.bank);
  object["status"] = to_string(t.status);
  if (t.category)
    object["category"] = *t.category;
  if (t.linked)
    object["linked"] = true;
  return object;
}

struct body_json {
  json operator()(const user_opened& e) const {
    return {{"name", e.name}, {"zone", e.zone}, {"home_currency", e.home.code()}};
  }
  json operator()(const account_opened& e) const {
    return {{"name", e.name}, {"currency", e.unit.code()}, {"created_at", to_rfc3339(e.created_at)}};
  }
  json operator()(const transaction_imported& e) const { return {{"transaction", to_json(e.data)}}; }
  json operator()(const transaction_corrected& e) const {
    return {{"id", raw(e.id)}, {"transaction", to_json(e.data)}};
  }
  json operator()(const transaction_removed& e) const { return {{"id", raw(e.id)}}; }
  json operator()(const transaction_categorized& e) const {
    return {{"id", raw(e.id)},
            {"category", e.category},
            {"by", e.by == transaction_categorized::author::user ? "user" : "rule"}};
  }
  json operator()(const transaction_uncategorized& e) const { return {{"id", raw(e.id)}}; }
  json operator()(const notification_posted& e) const {
    json object{{"message", e.message}, {"level", to_string(e.level)}};
    if (e.amount) {
      object["amount"] = to_decimal(*e.amount);
      object["currency"] = e.amount->unit.code();
    }
    if (!e.extra_json.empty())
      object["extra"] = json::parse(e.extra_json, nullptr, false);
    if (!e.key.empty())
      object["key"] = e.key;
    return object;
  }
};

void print(const recorded_event& e) {
  const json line{{"seq", raw(e.at)},
                  {"user", raw(e.user)},
                  {"recorded_at", to_rfc3339(e.recorded_at)},
                  {"type", type_name(e.body)},
                  {"data", std::visit(body_json{}, e.body)}};
  std::printf("%s\n", line.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
}

} // namespace

int export_events(const data_directory& where, const std::string& user) {
  const auto log = open_lmdb_event_log(where.log(), {.read_only = true});
  if (!log)
    return fail(program, log.error());
  const auto print_each = [](const recorded_event& e) {
    print(e);
    return true;
  };
  if (user.empty()) {
    const auto read = (*log)->read(log_start, std::numeric_limits<std::size_t>::max(), print_each);
    return read ? exit_done : fail(program, read.error());
  }
  const auto accounts = account_store::open(where.accounts());
  if (!accounts)
    return fail(program, accounts.error());
  const auto who = (*accounts)->find_user(user);
  if (!who)
    return fail(program, who.error());
  const auto read = (*log)->read_user(who->id, log_start, print_each);
  return read ? exit_done : fail(program, read.error());
}

} // namespace btpay::replay
