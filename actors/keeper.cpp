#include "actors/keeper.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <vector>

namespace btpay {

keeper::keeper(caf::actor_config& config, std::shared_ptr<view_store> store, std::string epoch,
               std::shared_ptr<view_counts> counts, keeper_limits limits)
    : super(config), store_(std::move(store)), epoch_(std::move(epoch)), counts_(std::move(counts)), limits_(limits) {}

keeper::behavior_type keeper::make_behavior() {
  return {
      [this](const keep_views& what) { gather(what); },
      [this](const tick&) { write(std::chrono::steady_clock::time_point::max()); },
      [this](const drain&) {
        write(std::chrono::steady_clock::now() + limits_.drain_time);
        return drained{};
      },
  };
}

void keeper::gather(const keep_views& what) {
  for (const auto& view : what.views) {
    if (gathered_bytes_ + view.data->size() > limits_.gathered_bytes_max) {
      counts_->dropped.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    auto& slot = gathered_[{static_cast<std::uint8_t>(view.kind), raw(view.user)}];
    gathered_bytes_ += view.data->size() - (slot.data ? slot.data->size() : 0);
    slot = view;
  }
}

void keeper::write(std::chrono::steady_clock::time_point end) {
  while (!gathered_.empty() && std::chrono::steady_clock::now() < end)
    if (!write_some())
      return;
}

bool keeper::write_some() {
  std::vector<stored_view> views;
  for (std::size_t bytes = 0; !gathered_.empty() && bytes < limits_.put_bytes_max;) {
    const auto first = gathered_.begin();
    const auto& view = first->second;
    views.push_back({first->first.first, view.user, view.at, view.time, view.good_until, view.code, *view.data});
    bytes += view.data->size();
    gathered_.erase(first);
  }
  if (gathered_.empty())
    gathered_bytes_ = 0;
  else
    for (const auto& view : views)
      gathered_bytes_ -= view.data.size();
  const auto put = store_->put(epoch_, views);
  if (put) {
    counts_->kept.fetch_add(*put, std::memory_order_relaxed);
    failure_.clear();
    return true;
  }
  counts_->dropped.fetch_add(views.size() + gathered_.size(), std::memory_order_relaxed);
  gathered_.clear();
  gathered_bytes_ = 0;
  if (put.error().message != failure_) {
    failure_ = put.error().message;
    spdlog::error("views are not kept, and are folded from the log when they are asked for: {}", failure_);
  }
  return false;
}

} // namespace btpay
