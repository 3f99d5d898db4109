/// What keeping a view costs as one user's history grows: folding an event at the end, somewhere in the past, and as a
/// correction; moving on in time; rendering; memory. The rules that classify a text are left out (a stand-in answers at
/// once), so that the figures are those of the fold. Usage: fold [ROWS_MAX]

#include "projections/category_view.hpp"
#include "projections/dashboard_view.hpp"
#include "projections/hourly_view.hpp"
#include "projections/pending_view.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace btpay;

namespace {

using stopwatch = std::chrono::steady_clock;

/// 72 payments a day at 100 merchants: the windows hold the same however long the history is.
constexpr duration pace = std::chrono::minutes{20};
constexpr std::uint64_t merchants = 100;
constexpr std::size_t probes = 2000;

class instant_rules final : public classifier {
public:
  text_facts classify_text(std::optional<std::string_view>) const override { return {}; }
  transaction_facts classify(const transaction& t) const override { return {true, *t.merchant, t.category}; }
};

double nanoseconds(stopwatch::duration spent, std::size_t times) {
  return std::chrono::duration<double, std::nano>(spent).count() / static_cast<double>(times);
}

/// The mean time of one piece of work.
template <class Work>
double timed(std::size_t times, Work&& work) {
  const auto begin = stopwatch::now();
  for (std::size_t i = 0; i < times; ++i)
    work(i);
  return nanoseconds(stopwatch::now() - begin, times);
}

/// The same, of the quietest part of all: what other programs on the machine cost is no cost of ours.
template <class Work>
double timed_quietly(std::size_t times, Work&& work) {
  constexpr std::size_t parts = 20;
  auto least = std::numeric_limits<double>::max();
  for (std::size_t part = 0; part < parts; ++part)
    least = std::min(least, timed(times / parts, [&](std::size_t i) { work(part * (times / parts) + i); }));
  return least;
}

std::size_t heap() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// The events are made beforehand, so that the figures are those of the fold.
class payments {
public:
  explicit payments(std::size_t rows) : begin_(now() - pace * static_cast<int>(rows)) {}

  static instant now() { return instant{std::chrono::seconds{1'770'215'727}}; }
  instant date(std::size_t i) const { return begin_ + pace * static_cast<int>(i); }
  std::uint64_t random() { return random_(); }

  recorded_event imported(std::size_t i, instant when) {
    return {position{i + 1}, {}, {}, when, transaction_imported{payment(when)}};
  }
  recorded_event corrected(std::size_t i, std::size_t row) {
    return {position{i + 1}, {}, {}, now(), transaction_corrected{transaction_id{row + 1}, payment(date(row))}};
  }

private:
  transaction payment(instant when) {
    transaction t;
    t.date = when;
    t.amount.minor = -static_cast<std::int64_t>(random_() % 50'000);
    t.merchant = "Merchant number " + std::to_string(random_() % merchants);
    t.description = "BT Pay - " + *t.merchant + ", Bucuresti, card 4242";
    t.category = std::array{"food", "shopping", "transport", "utilities", "health"}[random_() % 5];
    t.status = random_() % 8 ? transaction_status::synced : transaction_status::pending;
    return t;
  }

  instant begin_;
  std::mt19937_64 random_{1};
};

template <projection View>
void measure_view(const view_policy& policy, std::size_t rows) {
  View{policy}; // what all users share is made with the first
  payments source(rows);
  const auto heap_before = heap();
  auto view = std::make_unique<View>(policy);

  stopwatch::duration in_order{};
  std::vector<recorded_event> batch;
  for (std::size_t done = 0; done < rows; done += batch.size()) {
    batch.clear();
    for (auto i = done; i < std::min(rows, done + probes); ++i)
      batch.push_back(source.imported(i, source.date(i)));
    const auto begin = stopwatch::now();
    for (const auto& e : batch) {
      view->apply(e);
      view->advance(e.recorded_at);
    }
    in_order += stopwatch::now() - begin;
  }
  view->advance(payments::now());
  batch = std::vector<recorded_event>{};
  const auto bytes = heap() - heap_before;

  std::string text;
  const auto render = timed_quietly(probes, [&](std::size_t) {
    text.clear();
    view->render(text);
  });
  std::vector<recorded_event> late;
  std::vector<recorded_event> corrections;
  for (std::size_t i = 0; i < probes; ++i) {
    late.push_back(source.imported(rows + i, source.date(source.random() % rows)));
    corrections.push_back(source.corrected(rows + probes + i, source.random() % rows));
  }
  const auto correction = timed_quietly(probes, [&](std::size_t i) { view->apply(corrections[i]); });
  const auto lateness = timed_quietly(probes, [&](std::size_t i) { view->apply(late[i]); });
  instant latest{};
  const auto next = timed_quietly(probes, [&](std::size_t) { latest = std::max(latest, view->next_change()); });
  const auto tick =
      timed_quietly(probes, [&](std::size_t i) { view->advance(payments::now() + std::chrono::minutes{i}); });

  std::printf("| %-10s | %-12s | %7zu | %6.0f | %6.0f | %10.0f | %11.0f | %7.0f | %6.2f | %5zu | %8.1f |\n",
              std::string{to_string(View::kind)}.c_str(), policy.moneymanager ? "moneymanager" : "calendar", rows,
              nanoseconds(in_order, rows), lateness, correction, next, tick, render / 1000, text.size(),
              static_cast<double>(bytes) / static_cast<double>(rows));
}

} // namespace

int main(int argc, char** argv) {
  const std::size_t rows_max = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  std::printf("sizeof: dashboard %zu, pending %zu, hourly %zu, categories %zu, row %zu bytes\n", sizeof(dashboard_view),
              sizeof(pending_view), sizeof(hourly_view), sizeof(category_view), sizeof(row));
  std::printf("| view       | policy       | rows    | apply+ | late   | correction | next_change | advance | render | "
              "bytes | heap per |\n"
              "|            |              |         | advance| row ns | ns         | ns          | ns      | us     | "
              "      | row      |\n"
              "|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto moneymanager : {false, true}) {
    const view_policy policy{std::make_shared<const instant_rules>(), moneymanager};
    for (const std::size_t rows : std::initializer_list<std::size_t>{100, 10'000, 1'000'000}) {
      if (rows > rows_max)
        continue;
      measure_view<dashboard_view>(policy, rows);
      measure_view<pending_view>(policy, rows);
      measure_view<hourly_view>(policy, rows);
      measure_view<category_view>(policy, rows);
    }
  }
}
