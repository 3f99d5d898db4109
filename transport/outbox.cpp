#include "transport/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace btpay {

std::size_t outbox::push(shared_bytes text, conflation kind) {
  if (kind == conflation::none) {
    push_delta(std::move(text), kind);
    return 0;
  }
  const auto behind = waiting_behind(kind);
  const auto replaced = drop(kind);
  bytes_ += text->size();
  frames_.insert(std::prev(frames_.end(), static_cast<std::ptrdiff_t>(behind)), {std::move(text), kind});
  return replaced;
}

void outbox::push_delta(shared_bytes text, conflation view) {
  bytes_ += text->size();
  frames_.push_back({std::move(text), view});
}

/// How many frames wait behind the place of a kind's oldest frame; none where an answer does, or there is no such.
std::size_t outbox::waiting_behind(conflation kind) const {
  std::size_t others = 0;
  std::size_t behind = 0;
  for (auto i = frames_.size(); i > head_ && frames_[i - 1].kind != conflation::none; --i) {
    if (frames_[i - 1].kind == kind)
      behind = others;
    else
      ++others;
  }
  return behind;
}

std::size_t outbox::drop(conflation view) {
  const auto first = std::next(frames_.begin(), static_cast<std::ptrdiff_t>(head_));
  const auto gone = std::remove_if(first, frames_.end(), [&](const frame& each) {
    if (each.kind == view)
      bytes_ -= each.text->size();
    return each.kind == view;
  });
  const auto count = static_cast<std::size_t>(frames_.end() - gone);
  frames_.erase(gone, frames_.end());
  if (empty())
    clear();
  return count;
}

shared_bytes outbox::pop() {
  assert(!empty());
  auto text = std::move(frames_[head_].text);
  ++head_;
  bytes_ -= text->size();
  if (empty()) {
    clear();
  } else if (head_ >= 64 && head_ * 2 >= frames_.size()) {
    // Amortised: each frame is moved once at most for each time it waited behind as many others.
    frames_.erase(frames_.begin(), std::next(frames_.begin(), static_cast<std::ptrdiff_t>(head_)));
    head_ = 0;
  }
  return text;
}

void outbox::clear() noexcept {
  std::vector<frame>().swap(frames_);
  head_ = 0;
  bytes_ = 0;
}

} // namespace btpay
