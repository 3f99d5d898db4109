#include "storage/account_store.hpp"
#include "storage/lmdb_event_log.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"

#include <nlohmann/json.hpp>

#include <array>
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
  if (t.replaces)
    object["replaces"] = *t.replaces;
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
  json operator()(const transaction_removed& e) const {
    return {{"id", raw(e.id)}, {"by", e.by == transaction_removed::author::user ? "user" : "source"}};
  }
  json operator()(const transaction_restored& e) const { return {{"id", raw(e.id)}}; }
  json operator()(const transaction_matched& e) const {
    static constexpr std::array authors{"link", "rule", "user"};
    return {{"booked", raw(e.booked)}, {"pending", raw(e.pending)}, {"by", authors[static_cast<std::size_t>(e.by)]}};
  }
  json operator()(const transaction_unmatched& e) const {
    return {{"booked", raw(e.booked)}, {"pending", raw(e.pending)}};
  }
  json operator()(const match_questioned& e) const {
    auto candidates = json::array();
    for (const auto id : e.candidates)
      candidates.push_back(raw(id));
    return {{"booked", raw(e.booked)}, {"candidates", std::move(candidates)}};
  }
  json operator()(const match_declined& e) const { return {{"booked", raw(e.booked)}}; }
  json operator()(const merchant_remembered& e) const { return {{"merchant", e.merchant}, {"category", e.category}}; }
  json operator()(const merchant_forgotten& e) const { return {{"merchant", e.merchant}}; }
  json operator()(const notification_cleared& e) const {
    return {{"id", raw(e.id)}, {"how", e.how == notification_cleared::manner::read ? "read" : "acknowledged"}};
  }
  json operator()(const alerts_set& e) const {
    json object{{"new_merchant", e.new_merchant}, {"budgets", json::array()}};
    if (e.large_from)
      object["large_from"] = {{"amount", to_decimal(*e.large_from)}, {"currency", e.large_from->unit.code()}};
    for (const auto& each : e.budgets)
      object["budgets"].push_back(
          {{"category", each.category}, {"amount", to_decimal(each.limit)}, {"currency", each.limit.unit.code()}});
    return object;
  }
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
    if (e.expires_at)
      object["expires_at"] = to_rfc3339(*e.expires_at);
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
