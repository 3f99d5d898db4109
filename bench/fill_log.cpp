/// Makes a data directory with many events of many users, as a service leaves it that was killed: the heads of the last
/// events are not written down. Usage: fill_log DIR EVENTS USERS

#include "storage/account_import.hpp"
#include "storage/lmdb_event_log.hpp"
#include "tools/common/data_directory.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

using namespace btpay;

namespace {

constexpr std::size_t events_per_append = 4096;

int fail(const refusal& why) {
  std::fprintf(stderr, "fill_log: %s\n", why.message.c_str());
  return 2;
}

std::string name_of(std::uint64_t user) { return "user" + std::to_string(user); }

event payment(std::uint64_t number, instant when) {
  transaction t;
  t.source = "bt";
  t.external_id = "2026-02-04-" + std::to_string(100'000'000'000 + number);
  t.date = when;
  t.amount.minor = -1 - static_cast<std::int64_t>(number % 50'000);
  t.description =
      "BT Pay - Merchant " + std::to_string(number % 300) + " Calea Vitan 55-59, Bucuresti, card ending 4242";
  return transaction_imported{std::move(t)};
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4)
    return fail({errc::invalid_value, "usage: fill_log DIR EVENTS USERS"});
  const data_directory where{argv[1]};
  const auto events = std::strtoull(argv[2], nullptr, 10);
  const auto users = std::max(1ULL, std::strtoull(argv[3], nullptr, 10));

  std::vector<account> accounts;
  for (std::uint64_t user = 1; user <= users; ++user)
    accounts.push_back({.id = user_id{user}, .name = name_of(user), .zone = "Europe/Bucharest", .home = {}});
  if (const auto made = import_accounts(where.accounts(), accounts); !made)
    return fail(made.error());
  const auto log = open_lmdb_event_log(where.log());
  if (!log)
    return fail(log.error());

  const auto now = machine_clock{}.now();
  const auto pace = duration{std::chrono::hours{24 * 365}} / static_cast<std::int64_t>(std::max(1ULL, events));
  std::vector<position> heads(users + 1);
  std::mt19937_64 random{1};
  for (std::uint64_t done = 0; done < events;) {
    std::vector<new_events> batch(std::min<std::uint64_t>(events_per_append, events - done));
    const auto when = now - pace * static_cast<std::int64_t>(events - done);
    for (auto& one : batch) {
      const auto user = done < users ? done + 1 : 1 + random() % users;
      one.user = user_id{user};
      one.expected = heads[user];
      if (one.expected == log_start)
        one.events.push_back(user_opened{name_of(user), "Europe/Bucharest", {}});
      else
        one.events.push_back(payment(done, when));
      heads[user] = position{++done};
    }
    if (const auto made = (*log)->append(batch, when); !made)
      return fail(made.error());
  }
  std::printf("%llu events of %llu users\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(users));
  std::fflush(stdout);
  ::_exit(0); // as if it had been killed
}
