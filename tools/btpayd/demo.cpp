#include "tools/btpayd/demo.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> names{"ana", "bogdan", "carmen"};
constexpr int history_days = 31;

struct shop {
  std::string_view text; ///< as the bank prints it
  int from, to;          ///< usual amounts, in bani
  int weight;            ///< how often people go there
};

constexpr std::array shops{
    shop{"Mega Image 0412 Bucuresti", 1500, 18000, 9},
    shop{"Lidl 118, Cluj-Napoca", 4000, 35000, 7},
    shop{"Kaufland Militari", 5000, 60000, 4},
    shop{"Profi City, Bucuresti", 900, 9000, 6},
    shop{"5 to go - Piata Victoriei", 900, 2600, 8},
    shop{"Starbucks AFI Cotroceni", 1800, 4900, 3},
    shop{"McDonald's Unirii", 2200, 9000, 4},
    shop{"La Mama Restaurant", 6000, 28000, 2},
    shop{"OMV Petrom Otopeni", 15000, 45000, 3},
    shop{"Uber *Trip", 1400, 6500, 5},
    shop{"Bolt.eu", 1200, 5200, 5},
    shop{"STB SA Bilet", 300, 600, 7},
    shop{"Metrorex", 500, 1000, 4},
    shop{"CFR Calatori Bilete Online", 3500, 16000, 1},
    shop{"Farmacia Catena 88", 1200, 14000, 3},
    shop{"Dr. Max Iasi", 1500, 12000, 2},
    shop{"eMAG Marketplace", 5000, 90000, 3},
    shop{"Altex Romania", 12000, 250000, 1},
    shop{"Dedeman Pantelimon", 3000, 80000, 1},
    shop{"Cărturești Carusel", 3500, 19000, 2},
    shop{"Netflix.com", 3999, 3999, 1},
    shop{"Spotify AB", 2699, 2699, 1},
    shop{"Digi Romania SA", 4500, 11000, 1},
    shop{"Cinema City Mega Mall", 3200, 12000, 1},
    shop{"World Class Downtown", 25000, 39900, 1},
    shop{"Florăria Țărancuței", 4500, 20000, 1},
};

transaction payment(std::mt19937_64& random, std::string external_id, instant date) {
  std::array<int, shops.size()> weights{};
  std::ranges::transform(shops, weights.begin(), &shop::weight);
  const auto& where = shops[std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random)];
  transaction t;
  t.source = "bt-pay";
  t.external_id = std::move(external_id);
  t.date = date;
  t.amount.minor = -std::uniform_int_distribution<std::int64_t>(where.from, where.to)(random);
  t.description = "BT Pay - " + std::string(where.text);
  return t;
}

} // namespace

result<demo> demo::prepare(account_store& accounts, std::shared_ptr<const shards> actors,
                           std::shared_ptr<const clock> time, account_role role) {
  std::vector<account> users;
  for (const auto name : names) {
    auto user = accounts.find_user(name);
    if (!user && user.error().code == errc::unknown_user)
      user = accounts.add_user(name, demo_password, "Europe/Bucharest", currency{},
                               name == names.front() ? role : account_role::member);
    if (!user)
      return tl::unexpected(user.error());
    users.push_back(std::move(*user));
  }
  return demo(std::move(users), std::move(actors), std::move(time));
}

void demo::play_history() {
  const auto today = std::chrono::floor<std::chrono::days>(clock_->now());
  for (const auto& user : users_) {
    import_transactions month;
    for (int back = history_days; back > 0; --back) {
      const instant day = today - std::chrono::days{back};
      const auto day_number = static_cast<std::uint64_t>(day.time_since_epoch() / 24h);
      std::mt19937_64 random(raw(user.id) * 1'000'003U + day_number);
      for (auto n = 2 + random() % 6; n > 0; --n) {
        auto row = payment(random, "history-" + std::to_string(day_number) + "-" + std::to_string(n),
                           day + 6h + std::chrono::seconds{random() % (16 * 3600)});
        if (back > 2 || random() % 3 != 0)
          row.status = transaction_status::synced;
        month.rows.push_back(std::move(row));
      }
    }
    caf::anon_send(actors_->users(user.id), user_command{user.id, std::move(month)});
  }
}

void demo::play_moment() {
  const auto& user = users_[random_() % users_.size()];
  const auto now = clock_->now();
  if (random_() % 12 == 0)
    return caf::anon_send(actors_->users(user.id), user_command{user.id, auto_categorize{}});
  auto row = payment(random_, "live-" + std::to_string(now.time_since_epoch().count()), now);
  caf::anon_send(actors_->users(user.id), user_command{user.id, import_transactions{{std::move(row)}}});
}

std::string_view demo::first_user() const noexcept { return users_.front().name; }

} // namespace btpay
