#include "tests/recovery/disk_journal.hpp"

#include "tests/storage/random_events.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace btpay::testing {

namespace {

/// What a disk writes as a whole or not at all.
constexpr std::size_t sector_bytes = 512;

void put(std::string& content, std::size_t at, std::string_view bytes) {
  if (content.size() < at + bytes.size())
    content.resize(at + bytes.size(), '\0');
  content.replace(at, bytes.size(), bytes);
}

/// Each sector of a write is there or not.
void put_torn(std::string& content, const noted_step& step, rng& random) {
  for (std::size_t done = 0; done < step.bytes.size();) {
    const auto at = step.at + done;
    const auto count = std::min(sector_bytes - at % sector_bytes, step.bytes.size() - done);
    if (below(random, 2) == 0)
      put(content, at, std::string_view(step.bytes).substr(done, count));
    done += count;
  }
}

} // namespace

std::vector<noted_step> read_disk_journal(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>{input}, {}};
  std::vector<noted_step> steps;
  disk_note head{};
  for (std::size_t at = 0; at + sizeof head <= all.size();) {
    std::memcpy(&head, all.data() + at, sizeof head);
    at += sizeof head;
    if (head.bytes > all.size() - at)
      break;
    steps.push_back({head.what, head.at, all.substr(at, head.bytes)});
    at += head.bytes;
  }
  return steps;
}

void lossy_disk::take(const noted_step& step) {
  switch (step.what) {
  case disk_step::write:
    unsynced_.push_back(step);
    return;
  case disk_step::sync_last:
    put(durable_, unsynced_.back().at, unsynced_.back().bytes);
    unsynced_.pop_back();
    return;
  case disk_step::sync_all:
    for (const auto& one : unsynced_)
      put(durable_, one.at, one.bytes);
    unsynced_.clear();
    return;
  case disk_step::told:
    return;
  }
}

std::string lossy_disk::after_power_loss(rng& random) const {
  if (durable_.empty())
    return {};
  auto found = durable_;
  auto order = unsynced_;
  std::shuffle(order.begin(), order.end(), random);
  for (const auto& one : order)
    switch (below(random, 3)) {
    case 0:
      break; // lost
    case 1:
      put(found, one.at, one.bytes);
      break;
    default:
      put_torn(found, one, random);
    }
  if (below(random, 4) == 0) // that the file has grown was not written down
    found.resize(durable_.size());
  return found;
}

} // namespace btpay::testing
