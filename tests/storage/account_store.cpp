#include "storage/account_store.hpp"

#include "storage/account_import.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace btpay;
using namespace btpay::testing;

namespace {

constexpr instant noon{std::chrono::hours{12}};
constexpr instant one_hour_later = noon + std::chrono::hours{1};

struct store_in_a_directory {
  temp_dir dir;
  std::unique_ptr<account_store> store = open();

  std::unique_ptr<account_store> open() const {
    auto opened = account_store::open(dir.path());
    REQUIRE(opened);
    return std::move(*opened);
  }
  /// Nobody can log in to it, which spares the time of a hash.
  account add(std::string_view name) const {
    const auto added = store->add_user(name, "", "Europe/Bucharest", currency{});
    REQUIRE(added);
    return *added;
  }
};

/// Runs `work` in a process of its own; gives whether it returned true.
template <class Work>
bool in_another_process(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(work() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

template <class T>
errc code_of(const result<T>& refused) {
  REQUIRE_FALSE(refused);
  CHECK_FALSE(refused.error().message.empty());
  return refused.error().code;
}

} // namespace

TEST_CASE("an account is found by name and by id, also after the store is opened again") {
  store_in_a_directory at;
  const auto ana = at.store->add_user("ana", "", "Europe/London", *currency::parse("GBP"));
  REQUIRE(ana);
  const auto bob = at.add("bob@example.org");
  CHECK(raw(ana->id) == 1);
  CHECK(raw(bob.id) == 2);
  at.store.reset();
  at.store = at.open();
  for (const auto& found : {at.store->find_user("ana"), at.store->find_user(ana->id)}) {
    REQUIRE(found);
    CHECK(found->id == ana->id);
    CHECK(found->name == "ana");
    CHECK(found->zone == "Europe/London");
    CHECK(found->home.code() == "GBP");
  }
  const auto all = at.store->all_users();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[1].name == "bob@example.org");
  CHECK(code_of(at.store->find_user("carol")) == errc::unknown_user);
  CHECK(code_of(at.store->find_user("")) == errc::unknown_user);
  CHECK(code_of(at.store->find_user(std::string(600, 'a'))) == errc::unknown_user);
  CHECK(code_of(at.store->find_user(user_id{3})) == errc::unknown_user);
}

TEST_CASE("names, zones and scopes that cannot be are refused, and names are taken once") {
  const store_in_a_directory at;
  at.add("ana");
  CHECK(code_of(at.store->add_user("ana", "", "Europe/Bucharest", currency{})) == errc::already_exists);
  at.add(std::string(64, 'a'));
  for (const auto& name : {std::string{}, std::string{"a b"}, std::string{"ană"}, std::string(65, 'a')})
    CHECK(code_of(at.store->add_user(name, "", "Europe/Bucharest", currency{})) == errc::invalid_value);
  CHECK(code_of(at.store->add_user("bob", "", "Mars/Olympus", currency{})) == errc::invalid_value);
  CHECK(code_of(at.store->find_user("bob")) == errc::unknown_user);
  CHECK(code_of(parse_scope("root")) == errc::invalid_value);
  for (const auto s : every_scope)
    CHECK(parse_scope(to_string(s)) == s);
  CHECK(code_of(parse_role("root")) == errc::invalid_value);
  for (const auto role : {account_role::member, account_role::admin})
    CHECK(parse_role(to_string(role)) == role);
}

TEST_CASE("only the right password of an account that has one is let in") {
  const store_in_a_directory at;
  const auto ana = at.store->add_user("ana", "correct horse", "Europe/Bucharest", currency{});
  REQUIRE(ana);
  at.add("bob");
  const auto let_in = at.store->check_password("ana", "correct horse");
  REQUIRE(let_in);
  CHECK(let_in->id == ana->id);
  CHECK(code_of(at.store->check_password("ana", "wrong horse")) == errc::unauthenticated);
  CHECK(code_of(at.store->check_password("ana", "")) == errc::unauthenticated);
  CHECK(code_of(at.store->check_password("bob", "")) == errc::unauthenticated);
  CHECK(code_of(at.store->check_password("carol", "correct horse")) == errc::unauthenticated);
}

TEST_CASE("a refusal does not tell whether the name or the password was wrong") {
  const store_in_a_directory at;
  REQUIRE(at.store->add_user("ana", "correct horse", "Europe/Bucharest", currency{}));
  CHECK(at.store->check_password("ana", "x").error().message == at.store->check_password("eve", "x").error().message);
}

TEST_CASE("a new password replaces the old one and ends the user's sessions, no one else's") {
  const store_in_a_directory at;
  REQUIRE(at.store->add_user("ana", "old", "Europe/Bucharest", currency{}));
  const auto bob = at.add("bob");
  const auto hers = at.store->open_session(user_id{1}, one_hour_later);
  const auto his = at.store->open_session(bob.id, one_hour_later);
  REQUIRE(at.store->set_password("ana", "new"));
  CHECK_FALSE(at.store->check_password("ana", "old"));
  CHECK(at.store->check_password("ana", "new"));
  CHECK(code_of(at.store->find_session(*hers, noon)) == errc::unauthenticated);
  CHECK(at.store->find_session(*his, noon));
  CHECK(code_of(at.store->set_password("carol", "new")) == errc::unknown_user);
}

TEST_CASE("a session is its user's until it expires or is closed") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  const auto cookie = at.store->open_session(ana.id, one_hour_later);
  REQUIRE(cookie);
  CHECK(cookie->size() == 43);
  CHECK(at.store->find_session(*cookie, noon)->name == "ana");
  CHECK(at.store->find_session(*cookie, one_hour_later - duration{1}));
  CHECK(code_of(at.store->find_session(*cookie, one_hour_later)) == errc::unauthenticated);
  CHECK(code_of(at.store->find_session("", noon)) == errc::unauthenticated);
  CHECK(code_of(at.store->find_session(std::string(100'000, 'x'), noon)) == errc::unauthenticated);
  REQUIRE(at.store->close_session(*cookie));
  CHECK(code_of(at.store->find_session(*cookie, noon)) == errc::unauthenticated);
  CHECK(at.store->close_session(*cookie));
  CHECK(code_of(at.store->open_session(user_id{99}, one_hour_later)) == errc::unknown_user);
}

TEST_CASE("logging out everywhere ends all sessions of one user") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  const auto bob = at.add("bob");
  std::vector<std::string> hers;
  hers.reserve(5);
  for (int count = 0; count < 5; ++count)
    hers.push_back(*at.store->open_session(ana.id, one_hour_later));
  const auto his = at.store->open_session(bob.id, one_hour_later);
  REQUIRE(at.store->close_sessions(ana.id));
  for (const auto& cookie : hers)
    CHECK_FALSE(at.store->find_session(cookie, noon));
  CHECK(at.store->find_session(*his, noon));
}

TEST_CASE("expired sessions are removed in time, and no others") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  const auto expiring = *at.store->open_session(ana.id, noon);
  const auto lasting = *at.store->open_session(ana.id, one_hour_later);
  REQUIRE_FALSE(at.store->find_session(expiring, noon)); // which tells the store what time it is
  for (int count = 0; count < 100; ++count)
    REQUIRE(at.store->open_session(ana.id, one_hour_later));
  CHECK_FALSE(at.store->find_session(expiring, noon - duration{1}));
  CHECK(at.store->find_session(lasting, noon));
}

TEST_CASE("a token grants its scopes and its user") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  const auto ingest = at.store->create_token(static_cast<std::uint8_t>(scope::ingest), ana.id);
  const auto both = at.store->create_token(3, std::nullopt);
  REQUIRE(ingest);
  REQUIRE(both);
  CHECK(*ingest != *both);
  const auto bound = at.store->find_token(*ingest, noon);
  REQUIRE(bound);
  CHECK(bound->allows(scope::ingest));
  CHECK_FALSE(bound->allows(scope::admin));
  CHECK(bound->user == ana.id);
  const auto free = at.store->find_token(*both, noon);
  REQUIRE(free);
  CHECK(free->allows(scope::admin));
  CHECK_FALSE(free->user);
  CHECK(code_of(at.store->find_token("guess", noon)) == errc::unauthenticated);
  CHECK(code_of(at.store->create_token(0, std::nullopt)) == errc::invalid_value);
  CHECK(code_of(at.store->create_token(8, std::nullopt)) == errc::invalid_value);
  CHECK(code_of(at.store->create_token(1, user_id{99})) == errc::unknown_user);
}

TEST_CASE("a token is good until the moment at which it expires, and never again") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  for (const auto user : {std::optional<user_id>{}, std::optional{ana.id}}) {
    const auto token = at.store->create_token(1, user, one_hour_later, noon);
    REQUIRE(token);
    const auto grant = at.store->find_token(*token, noon);
    REQUIRE(grant);
    CHECK(grant->expires == one_hour_later);
    CHECK(at.store->find_token(*token, one_hour_later - duration{1}));
    CHECK(code_of(at.store->find_token(*token, one_hour_later)) == errc::unauthenticated);
    CHECK(code_of(at.store->find_token(*token, one_hour_later + duration{1})) == errc::unauthenticated);
    CHECK(code_of(at.store->find_token(*token, end_of_time)) == errc::unauthenticated);
    CHECK(at.store->find_token(*token, noon)); // it goes by the clock that is passed in, and by no other
  }
  const auto listed = at.store->all_tokens();
  REQUIRE(listed);
  REQUIRE(listed->size() == 2); // those that have expired too
  CHECK((*listed)[0].made == noon);
  CHECK((*listed)[0].grant.expires == one_hour_later);
  const auto lasting = at.store->create_token(1, std::nullopt, {}, noon);
  CHECK(at.store->find_token(*lasting, end_of_time));
}

TEST_CASE("a disabled user is refused by password, session and token, and let in again when enabled") {
  const store_in_a_directory at;
  const auto ana = at.store->add_user("ana", "correct horse", "Europe/Bucharest", currency{});
  const auto bob = at.add("bob");
  REQUIRE(ana);
  const auto cookie = *at.store->open_session(ana->id, one_hour_later, noon);
  const auto own = *at.store->create_token(1, ana->id);
  const auto his = *at.store->create_token(1, bob.id);
  const auto everybodys = *at.store->create_token(1, std::nullopt);
  const auto his_cookie = *at.store->open_session(bob.id, one_hour_later, noon);

  const auto disabled = at.store->set_disabled("ana", true);
  REQUIRE(disabled);
  CHECK(disabled->id == ana->id);
  CHECK(disabled->disabled);
  CHECK(at.store->find_user("ana")->disabled);
  CHECK(code_of(at.store->check_password("ana", "correct horse")) == errc::unauthenticated);
  CHECK(code_of(at.store->find_session(cookie, noon)) == errc::unauthenticated);
  CHECK(code_of(at.store->find_token(own, noon)) == errc::unauthenticated);
  const auto meanwhile = at.store->open_session(ana->id, one_hour_later, noon);
  REQUIRE(meanwhile); // who opens one has checked the password; it opens nothing
  CHECK(code_of(at.store->find_session(*meanwhile, noon)) == errc::unauthenticated);
  for (const auto& token : {his, everybodys})
    CHECK(at.store->find_token(token, noon));
  CHECK(at.store->find_session(his_cookie, noon));

  const auto enabled = at.store->set_disabled("ana", false);
  REQUIRE(enabled);
  CHECK_FALSE(enabled->disabled);
  CHECK(at.store->check_password("ana", "correct horse"));
  CHECK(at.store->find_token(own, noon));
  CHECK(code_of(at.store->find_session(cookie, noon)) == errc::unauthenticated); // it has ended
  CHECK(code_of(at.store->set_disabled("carol", true)) == errc::unknown_user);
}

TEST_CASE("a role is kept beside the profile, each changed by itself, and by an import too") {
  store_in_a_directory at;
  at.add("ana");
  const auto bob = at.store->add_user("bob", "", "Europe/Rome", currency{}, account_role::admin);
  REQUIRE(bob);
  CHECK(at.store->find_user("ana")->role == account_role::member);
  CHECK(at.store->find_user("bob")->role == account_role::admin);
  REQUIRE(at.store->set_profile("bob", "Europe/Paris", {}));
  CHECK(at.store->find_user("bob")->role == account_role::admin);
  const auto cookie = *at.store->open_session(bob->id, one_hour_later, noon);
  CHECK(at.store->find_session(cookie, noon)->role == account_role::admin);
  REQUIRE(at.store->set_profile("bob", {}, {}, account_role::member));
  CHECK(at.store->find_session(cookie, noon)->role == account_role::member); // whoever is logged in
  CHECK(at.store->find_user("bob")->zone == "Europe/Paris");
  REQUIRE(at.store->set_profile("bob", {}, {}, account_role::admin));
  const auto all = *at.store->all_users();
  const temp_dir other;
  REQUIRE(import_accounts(other.path(), all));
  const auto imported = account_store::open(other.path());
  REQUIRE(imported);
  CHECK((*imported)->find_user("bob")->role == account_role::admin);
  CHECK((*imported)->find_user("ana")->role == account_role::member);
}

TEST_CASE("a session's secret and a token's secret are not each other's") {
  const store_in_a_directory at;
  const auto ana = at.add("ana");
  const auto cookie = *at.store->open_session(ana.id, one_hour_later);
  const auto token = *at.store->create_token(1, std::nullopt);
  CHECK_FALSE(at.store->find_token(cookie, noon));
  CHECK_FALSE(at.store->find_session(token, noon));
}

TEST_CASE("no secret and no password is in the store's file") {
  store_in_a_directory at;
  REQUIRE(at.store->add_user("ana", "correct horse", "Europe/Bucharest", currency{}));
  const std::vector<std::string> secrets{*at.store->open_session(user_id{1}, one_hour_later),
                                         *at.store->create_token(1, std::nullopt), "correct horse"};
  at.store.reset();
  std::ifstream file{at.dir.path() / "data.mdb", std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  CHECK(content.find("ana") != std::string::npos);
  for (const auto& secret : secrets)
    CHECK(content.find(secret) == std::string::npos);
}

TEST_CASE("what another process writes is seen at once, both ways") {
  const temp_dir dir;
  REQUIRE(in_another_process([&] { // before this one opens it: a fork inherits what its parent has open
    const auto store = account_store::open(dir.path());
    return store && (*store)->add_user("ana", "", "Europe/Bucharest", currency{});
  }));
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char go = 0;
    const bool told = ::read(ready[0], &go, 1) == 1; // the parent has it open now
    const auto store = account_store::open(dir.path());
    ::_exit(told && store && (*store)->find_user("bob") && //
                    (*store)->add_user("carol", "", "Europe/Bucharest", currency{})
                ? 0
                : 1);
  }
  const auto store = account_store::open(dir.path());
  REQUIRE(store);
  CHECK((*store)->find_user("ana"));
  REQUIRE((*store)->add_user("bob", "", "Europe/Bucharest", currency{}));
  REQUIRE(::write(ready[1], "!", 1) == 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK((*store)->find_user("carol"));
  ::close(ready[0]);
  ::close(ready[1]);
}
