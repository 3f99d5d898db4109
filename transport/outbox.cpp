#include "transport/outbox.hpp"

#include <cassert>
#include <iterator>
#include <utility>

namespace btpay {

bool outbox::push(shared_bytes text, conflation kind) {
  bytes_ += text->size();
  bool replaced = false;
  if (kind != conflation::none) {
    bool answer_between = false;
    for (auto i = frames_.size(); i > head_; --i) {
      auto& older = frames_[i - 1];
      answer_between = answer_between || older.kind == conflation::none;
      if (older.kind != kind)
        continue;
      bytes_ -= older.text->size();
      if (!answer_between) {
        older.text = std::move(text);
        return true;
      }
      frames_.erase(std::next(frames_.begin(), static_cast<std::ptrdiff_t>(i - 1)));
      replaced = true;
      break; // there is at most one of a kind
    }
  }
  frames_.push_back({std::move(text), kind, false});
  return replaced;
}

void outbox::push_binary(shared_bytes bytes) {
  bytes_ += bytes->size();
  frames_.push_back({std::move(bytes), conflation::none, true});
}

outbox::message outbox::pop() {
  assert(!empty());
  message oldest{std::move(frames_[head_].text), frames_[head_].binary};
  ++head_;
  bytes_ -= oldest.text->size();
  if (empty()) {
    clear();
  } else if (head_ >= 64 && head_ * 2 >= frames_.size()) {
    // Amortised: each frame is moved once at most for each time it waited behind as many others.
    frames_.erase(frames_.begin(), std::next(frames_.begin(), static_cast<std::ptrdiff_t>(head_)));
    head_ = 0;
  }
  return oldest;
}

void outbox::clear() noexcept {
  std::vector<frame>().swap(frames_);
  head_ = 0;
  bytes_ = 0;
}

} // namespace btpay
