#pragma once
/// Answers HTTP: which path means what, who may ask, and which actor knows.

#include "actors/client_command.hpp"
#include "actors/interfaces.hpp"
#include "actors/jwt.hpp"
#include "actors/login_gate.hpp"
#include "actors/pinned.hpp"
#include "actors/shards.hpp"
#include "actors/web_assets.hpp"
#include "domain/time.hpp"
#include "storage/account_store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace btpay {

struct routes_services {
  std::shared_ptr<const shards> actors;
  std::shared_ptr<account_store> accounts;
  std::shared_ptr<const clock> time;
  authenticator_actor authenticator;
  admin_actor admin;
  web_assets pages;
  std::function<std::string()> metrics; ///< the text that Prometheus reads; any thread
  std::function<bool()> ready;          ///< any thread
  std::function<result<void>()> reload; ///< reads the rules again; any thread
  std::string epoch;                    ///< of the log, as `wire_epoch` gives it
  std::size_t ingestion_rows_max = 10'000;
  std::shared_ptr<login_gate> logins = std::make_shared<login_gate>();
  std::vector<std::string> allowed_origins; ///< beside the service's own, such as `https://app.example`
  std::vector<std::string> allowed_hosts;   ///< names without a port; empty: any

  // Where another application has the log-in.
  std::string login_url = "/login"; ///< where a page sends who is not logged in
  std::shared_ptr<const jwt_verifier> jwt;
  std::string jwt_cookie; ///< a cookie that may hold such a token; empty: none
  std::function<void(std::string cookies, const std::string& peer, std::function<void(result<std::string>)> then)>
      ask_application;       ///< on this unit's thread, where `then` is called too; empty: there is none
  bool create_users = false; ///< whether whom it vouches for gets an account
  std::string new_user_zone = "Europe/Bucharest";
  currency new_user_home;

  std::function<void(const revocation&)> revoke; ///< closes sockets; any thread
  std::function<result<void>(const std::string& level)> set_log_level;
  std::function<void()> drain; ///< stops the service as a signal does

  bool public_metrics = false; ///< whether anybody may read them
  bool test_echo = false;      ///< whether `/ws/echo` is there, for loopback
  std::chrono::seconds session_age_max = std::chrono::hours{24 * 14};
};

/// Who asks, and by what.
struct identity {
  account who;
  credential_id credential = 0;
  std::optional<std::chrono::seconds> valid_time;
};

/// One per io thread, pinned to it, so that an exchange is answered on the thread of its socket. Each handler answers
/// its exchange exactly once, at once or when the actors that it asked have answered.
class routes : public pinned<routes_actor::base> {
public:
  routes(caf::actor_config& config, caf::execution_unit& unit, std::shared_ptr<const routes_services> services);

  behavior_type make_behavior() override;
  void on_exit() override;

private:
  using exchange_ptr = std::shared_ptr<http_exchange>;
  using handler = void (routes::*)(const http_request&, const exchange_ptr&);
  struct route;

  static constexpr std::string_view static_prefix = "/static/";

  void receive(const http_request& request, const exchange_ptr& exchange);
  void dispatch(const http_request& request, const exchange_ptr& exchange);

  // routes.cpp: operations
  void root(const http_request& request, const exchange_ptr& exchange);
  void healthz(const http_request& request, const exchange_ptr& exchange);
  void readyz(const http_request& request, const exchange_ptr& exchange);
  void metrics(const http_request& request, const exchange_ptr& exchange);

  // routes_pages.cpp: what people look at
  void user_page(const http_request& request, const exchange_ptr& exchange);
  void operator_page(const http_request& request, const exchange_ptr& exchange);
  void merchant_page(const http_request& request, const exchange_ptr& exchange);
  void page(std::string_view file, const http_request& request, const exchange_ptr& exchange);
  void lead_to_login(const http_request& request, const exchange_ptr& exchange);
  void static_file(const http_request& request, const exchange_ptr& exchange);

  // routes_login.cpp: who comes in
  void login_page(const http_request& request, const exchange_ptr& exchange);
  void log_in(const http_request& request, const exchange_ptr& exchange);
  void log_out(const http_request& request, const exchange_ptr& exchange);
  void live_socket(const http_request& request, const exchange_ptr& exchange);
  void notify_socket(const http_request& request, const exchange_ptr& exchange);
  void echo_socket(const http_request& request, const exchange_ptr& exchange);
  void open_socket(session_kind kind, const http_request& request, const exchange_ptr& exchange);
  result<void> end_session(std::string_view value);
  result<void> end_sessions(user_id user);

  // routes_identity.cpp: who asks
  result<identity> own_identity(const http_request& request) const;
  result<identity> identity_of(const http_request& request) const;
  result<account> user_of(const http_request& request) const;
  result<token_grant> grant_of(const http_request& request, scope needed) const;
  result<void> operator_of(const http_request& request) const;
  result<void> may_read_metrics(const http_request& request) const;
  std::string_view jwt_of(const http_request& request) const;
  bool find_out(const http_request& request, const exchange_ptr& exchange);
  void on_answer(const application_answered& answer);
  bool make_if_new(const std::string& name, const http_request& request, const exchange_ptr& exchange);

  // routes_views.cpp: what a user sees
  void dashboard(const http_request& request, const exchange_ptr& exchange);
  void pending(const http_request& request, const exchange_ptr& exchange);
  void hourly(const http_request& request, const exchange_ptr& exchange);
  void categories(const http_request& request, const exchange_ptr& exchange);
  void answer_view(view_kind view, const http_request& request, const exchange_ptr& exchange);
  void auto_categorize(const http_request& request, const exchange_ptr& exchange);

  void own_account(const http_request& request, const exchange_ptr& exchange);

  // routes_stream.cpp: the same, pushed over HTTP
  void stream(const http_request& request, const exchange_ptr& exchange);

  // routes_book.cpp: lists of a user's transactions
  void transactions(const http_request& request, const exchange_ptr& exchange);
  void stats(const http_request& request, const exchange_ptr& exchange);
  void review(const http_request& request, const exchange_ptr& exchange);
  void answer_from_book(book_query asked, const exchange_ptr& exchange);

  // routes_command.cpp: what a user decides
  void command(const http_request& request, const exchange_ptr& exchange);
  void obey(const account& who, const ping& asked, const std::string& ref, const exchange_ptr& exchange);
  void obey(const account& who, const request_view& asked, const std::string& ref, const exchange_ptr& exchange);
  void obey(const account& who, const request_review& asked, const std::string& ref, const exchange_ptr& exchange);
  void obey(const account& who, past_question& asked, const std::string& ref, const exchange_ptr& exchange);
  void obey(const account& who, const btpay::auto_categorize& asked, const std::string& ref,
            const exchange_ptr& exchange);
  void obey(const account& who, user_decision& asked, const std::string& ref, const exchange_ptr& exchange);
  void obey(const account& who, const subscribe& asked, const std::string& ref, const exchange_ptr& exchange);
  using decision_renderer = std::function<shared_bytes(const outcome& done, position at)>;
  void decide(const account& who, btpay::command what, const exchange_ptr& exchange, decision_renderer render,
              const std::string& ref);

  // routes_ingest.cpp: what sources tell
  void ingest(const http_request& request, const exchange_ptr& exchange);

  // routes_admin.cpp: what operators do
  void post_notification(const http_request& request, const exchange_ptr& exchange);
  void list_users(const http_request& request, const exchange_ptr& exchange);
  void add_user(const http_request& request, const exchange_ptr& exchange);
  void set_user(const http_request& request, const exchange_ptr& exchange);
  void create_token(const http_request& request, const exchange_ptr& exchange);
  void reload(const http_request& request, const exchange_ptr& exchange);
  void open_stream(const account& who, unsigned status, const exchange_ptr& exchange);

  // routes_operate.cpp: the same, with what is there already
  void list_sessions(const http_request& request, const exchange_ptr& exchange);
  void close_sessions(const http_request& request, const exchange_ptr& exchange);
  void disable_user(const http_request& request, const exchange_ptr& exchange);
  void change_password(const http_request& request, const exchange_ptr& exchange);
  void list_tokens(const http_request& request, const exchange_ptr& exchange);
  void revoke_token(const http_request& request, const exchange_ptr& exchange);
  void set_log_level(const http_request& request, const exchange_ptr& exchange);
  void drain_service(const http_request& request, const exchange_ptr& exchange);

  /// What to do where an actor that was asked is gone.
  static std::function<void(const caf::error&)> unavailable(const exchange_ptr& exchange);

  /// What the application said of some cookies, for a while.
  struct guest {
    result<std::string> name;
    instant until{};
  };
  struct waiting_request {
    http_request request;
    exchange_ptr exchange;
  };

  std::shared_ptr<const routes_services> services_;
  std::unordered_map<std::uint64_t, guest> guests_; ///< by the id of their cookies
  std::unordered_map<std::uint64_t, std::vector<waiting_request>> waiting_;
};

} // namespace btpay
