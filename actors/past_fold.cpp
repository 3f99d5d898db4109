#include "actors/past_fold.hpp"

#include <algorithm>

namespace btpay {

namespace {

bool wants(const past_query& asked, std::size_t view) {
  const auto* views = std::get_if<past_query::views>(&asked.what);
  return views && (*views)[view];
}

} // namespace

position past_fold::begin(const past_query& asked) {
  auto after = log_end;
  for (std::size_t view = 0; view < view_kinds; ++view) {
    if (!wants(asked, view))
      continue;
    if (!views_[view])
      views_[view] = make_view(static_cast<view_kind>(view), policy_);
    after = std::min(after, views_at_[view].read);
  }
  if (std::holds_alternative<explain_selection>(asked.what)) {
    if (!rows_)
      rows_ = std::make_unique<book>(policy_);
    after = std::min(after, rows_at_.read);
  }
  return after;
}

bool past_fold::is_within(const past_query& asked, position last) const noexcept {
  for (std::size_t view = 0; view < view_kinds; ++view)
    if (wants(asked, view) && views_at_[view].read > last)
      return false;
  return !std::holds_alternative<explain_selection>(asked.what) || rows_at_.read <= last;
}

template <class Projection>
void past_fold::take_one(Projection& into, progress& how_far, const recorded_event& e, bool known) {
  if (e.at <= how_far.read)
    return;
  how_far.read = e.at;
  if (!known)
    return;
  how_far.at = e.at;
  into.apply(e);
  ++folded_;
}

bool past_fold::take(const recorded_event& e, const past_query& asked, const moment& when) {
  bool known = false;
  const auto goes_on = when.take(e, [&](const recorded_event&) { known = true; });
  if (!goes_on)
    return false;
  for (std::size_t view = 0; view < view_kinds; ++view)
    if (wants(asked, view))
      take_one(*views_[view], views_at_[view], e, known);
  if (std::holds_alternative<explain_selection>(asked.what))
    take_one(*rows_, rows_at_, e, known);
  return true;
}

result<told_past> past_fold::tell(const past_query& asked, instant cut) {
  told_past told;
  told.cut = cut;
  if (const auto* selection = std::get_if<explain_selection>(&asked.what)) {
    auto members = explain(*rows_, policy_, *selection, cut);
    if (!members)
      return tl::unexpected(members.error());
    told.explanation = std::move(*members);
    told.at = rows_at_.at;
    return told;
  }
  for (std::size_t view = 0; view < view_kinds; ++view) {
    if (!wants(asked, view))
      continue;
    views_[view]->advance(cut);
    views_[view]->render(told.views[view]);
    told.at = std::max(told.at, views_at_[view].at);
  }
  return told;
}

} // namespace btpay
