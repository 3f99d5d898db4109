#include "actors/admin.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace btpay {

namespace {

/// What is known so far of a notification to several users.
struct tally {
  std::size_t left = 0;
  std::size_t posted = 0;
  position at{};
  std::optional<refusal> failed; ///< the first failure
};

} // namespace

admin::admin(caf::actor_config& config, std::shared_ptr<const account_store> accounts,
             std::shared_ptr<const shards> actors, socket_lister sockets)
    : super(config), accounts_(std::move(accounts)), actors_(std::move(actors)), sockets_(std::move(sockets)) {}

admin::behavior_type admin::make_behavior() {
  return {
      [this](const notify& order) {
        auto answer = make_response_promise<notified>();
        if (const auto to = receivers(order))
          post(*to, order.what, answer);
        else
          answer.deliver(notified{tl::unexpected(to.error()), {}});
        return answer;
      },
      [this](const list_sockets&) { return look_for_sockets(); },
      [this](const sockets_found& found) {
        if (auto asked = questions_.extract(found.question))
          asked.mapped().deliver(sockets_listed{found.sockets});
      },
  };
}

caf::typed_response_promise<sockets_listed> admin::look_for_sockets() {
  auto answer = make_response_promise<sockets_listed>();
  if (!sockets_) {
    answer.deliver(sockets_listed{std::make_shared<const std::vector<open_socket>>()});
    return answer;
  }
  const auto question = ++last_question_;
  questions_.emplace(question, answer);
  // The io threads answer on their own threads, hence by a message.
  sockets_([question, weak = caf::weak_actor_ptr(ctrl())](std::vector<open_socket> found) {
    if (const auto self = caf::actor_cast<admin_actor>(weak))
      caf::anon_send(self, sockets_found{question, std::make_shared<const std::vector<open_socket>>(std::move(found))});
  });
  return answer;
}

result<std::vector<user_id>> admin::receivers(const notify& order) const {
  std::vector<user_id> ids;
  if (order.everyone) {
    const auto all = accounts_->all_users();
    if (!all)
      return tl::unexpected(all.error());
    for (const auto& one : *all)
      ids.push_back(one.id);
    return ids;
  }
  for (const auto& name : order.users) {
    const auto one = accounts_->find_user(name);
    if (!one)
      return tl::unexpected(one.error());
    ids.push_back(one->id);
  }
  return ids;
}

void admin::post(const std::vector<user_id>& to, const notification_posted& what, promise answer) {
  auto sum = std::make_shared<tally>(tally{.left = to.size(), .posted = 0, .at = {}, .failed = {}});
  auto finish_if_last = [sum, answer]() mutable {
    if (sum->left != 0)
      return;
    if (sum->posted == 0 && sum->failed)
      answer.deliver(notified{tl::unexpected(*sum->failed), {}});
    else
      answer.deliver(notified{sum->posted, sum->at});
  };
  for (const auto user : to)
    request(actors_->users(user), caf::infinite, user_command{user, post_notification{what}})
        .then(
            [sum, finish_if_last](const commanded& reply) mutable {
              --sum->left;
              if (reply.answer)
                sum->posted += reply.answer->posted;
              else if (!sum->failed)
                sum->failed = reply.answer.error();
              sum->at = std::max(sum->at, reply.at);
              finish_if_last();
            },
            [sum, finish_if_last](const caf::error&) mutable {
              --sum->left;
              if (!sum->failed)
                sum->failed = refusal{errc::shutting_down, "the service is stopping: send it again later"};
              finish_if_last();
            });
  finish_if_last();
}

} // namespace btpay
