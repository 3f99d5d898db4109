#include "actors/http_answers.hpp"
#include "actors/ingestion.hpp"
#include "actors/routes.hpp"
#include "projections/json_writer.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace btpay {

namespace {

/// The rows of one user in a request, and where in the request they stood, in the order of the command's fates.
struct share {
  import_transactions rows;
  std::vector<std::size_t> indices;
  std::vector<std::size_t> withdrawn_indices{}; ///< until all rows are there

  void take(decltype(ingestion_row::content)& content, std::size_t index) {
    if (auto* key = std::get_if<transaction_key>(&content)) {
      rows.withdrawn.push_back(std::move(*key));
      withdrawn_indices.push_back(index);
    } else {
      rows.rows.push_back(std::move(std::get<transaction>(content)));
      indices.push_back(index);
    }
  }

  std::vector<std::size_t> all_indices() {
    indices.insert(indices.end(), withdrawn_indices.begin(), withdrawn_indices.end());
    return std::move(indices);
  }
};

/// The answer to one request, while the users it is about are asked.
struct ingestion_answer {
  std::shared_ptr<http_exchange> exchange;
  std::size_t users_left = 0;
  std::size_t accepted = 0, corrected = 0, duplicates = 0, withdrawn = 0;
  std::map<std::size_t, refusal> rejected; ///< by index in the request
  std::optional<refusal> failed;           ///< nothing of at least one user could be stored
  position at{};

  void add(const share& asked, const commanded& reply);
  void respond();
};

void ingestion_answer::add(const share& asked, const commanded& reply) {
  at = std::max(at, reply.at);
  if (!reply.answer) {
    failed = reply.answer.error();
    for (const auto index : asked.indices)
      rejected.emplace(index, reply.answer.error());
    return;
  }
  for (const auto fate : reply.answer->fates) {
    accepted += fate == row_fate::accepted;
    corrected += fate == row_fate::corrected;
    duplicates += fate == row_fate::duplicate;
    withdrawn += fate == row_fate::withdrawn;
  }
  for (const auto& row : reply.answer->rejected)
    rejected.emplace(asked.indices[row.index], row.why);
}

void ingestion_answer::respond() {
  // Where nothing at all was stored the request failed as a whole, and may be sent again as it is.
  if (failed && accepted + corrected + duplicates + withdrawn == 0)
    return exchange->respond(refusal_answer(*failed));
  std::string body;
  json_writer json(body);
  json.begin_object();
  json.key("accepted").number(accepted);
  json.key("corrected").number(corrected);
  json.key("duplicates").number(duplicates);
  json.key("rejected").begin_array();
  for (const auto& [index, why] : rejected) {
    json.begin_object();
    json.key("code").text(to_string(why.code));
    json.key("index").number(index);
    json.key("message").text(why.message);
    json.end_object();
  }
  json.end_array();
  json.key("seq").number(raw(at));
  json.key("withdrawn").number(withdrawn);
  json.end_object();
  exchange->respond(json_answer(200, std::move(body)));
}

/// Finds the user that a row is for, each name once.
class row_owner {
public:
  row_owner(const account_store& accounts, const token_grant& grant) : accounts_(accounts), grant_(grant) {}

  result<user_id> of(const std::string& name) {
    if (name.empty()) {
      if (grant_.user)
        return *grant_.user;
      return refuse(errc::missing_field, "\"user\" is missing, and the token is not one user's own");
    }
    auto known = known_.find(name);
    if (known == known_.end()) {
      auto account = accounts_.find_user(name);
      known = known_.emplace(name, account ? result<user_id>(account->id) : tl::unexpected(account.error())).first;
    }
    if (grant_.user && known->second != *grant_.user)
      return refuse(errc::forbidden, "the token is another user's own");
    return known->second;
  }

private:
  const account_store& accounts_;
  const token_grant& grant_;
  std::unordered_map<std::string, result<user_id>> known_;
};

} // namespace

void routes::ingest(const http_request& request, const exchange_ptr& exchange) {
  const auto grant = grant_of(request, scope::ingest);
  if (!grant)
    return exchange->respond(refusal_answer(grant.error()));
  const auto format =
      has_media_type(request, "application/x-ndjson") ? ingestion_format::ndjson : ingestion_format::json;
  auto rows = parse_ingestion(request.body, format, services_->ingestion_rows_max);
  if (!rows)
    return exchange->respond(refusal_answer(rows.error()));

  auto answer = std::make_shared<ingestion_answer>();
  answer->exchange = exchange;
  row_owner owner(*services_->accounts, *grant);
  std::map<user_id, share> shares;
  for (std::size_t index = 0; index < rows->size(); ++index) {
    auto& row = (*rows)[index];
    if (auto* wrong = std::get_if<refusal>(&row.content)) {
      answer->rejected.emplace(index, std::move(*wrong));
    } else if (std::holds_alternative<account_opened>(row.content)) {
      answer->rejected.emplace(index, refusal{errc::invalid_value, "accounts are imported by btpay-replay import"});
    } else if (const auto user = owner.of(row.user); !user) {
      answer->rejected.emplace(index, user.error());
    } else {
      shares[*user].take(row.content, index);
    }
  }

  answer->users_left = shares.size();
  if (shares.empty())
    return answer->respond();
  for (auto& [user, mine] : shares) {
    auto asked = std::make_shared<share>(share{{}, mine.all_indices()});
    const auto done = [answer, asked](const commanded& reply) {
      answer->add(*asked, reply);
      if (--answer->users_left == 0)
        answer->respond();
    };
    this->request(services_->actors->users(user), caf::infinite, user_command{user, std::move(mine.rows)})
        .then(done, [done](const caf::error&) {
          done({refuse(errc::shutting_down, "the service is stopping: send it again later"), {}});
        });
  }
}

} // namespace btpay
