#include "actors/past_fold.hpp"

#include <algorithm>

namespace btpay {

namespace {

bool wants(const past_query& asked, std::size_t view) {
  const auto* views = std::get_if<past_query::views>(&asked.what);
  return views && (*views)[view];
}

} // namespace

view_policy past_fold::policy_for(const past_query& asked) const {
  auto policy = policy_;
  policy.until_now = ends_then(asked);
  return policy;
}

position past_fold::begin(const past_query& asked) {
  auto after = log_end;
  auto& views = views_for(asked);
  for (std::size_t kind = 0; kind < view_kinds; ++kind) {
    if (!wants(asked, kind))
      continue;
    if (!views[kind].view)
      views[kind].view = make_view(static_cast<view_kind>(kind), policy_for(asked));
    after = std::min(after, views[kind].how_far.read);
  }
  if (std::holds_alternative<explain_selection>(asked.what)) {
    if (!rows_)
      rows_ = std::make_unique<book>(policy_);
    after = std::min(after, rows_at_.read);
  }
  return after;
}

bool past_fold::is_within(const past_query& asked, position last) {
  const auto& views = views_for(asked);
  for (std::size_t kind = 0; kind < view_kinds; ++kind)
    if (wants(asked, kind) && views[kind].how_far.read > last)
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
  auto& views = views_for(asked);
  for (std::size_t kind = 0; kind < view_kinds; ++kind)
    if (wants(asked, kind))
      take_one(*views[kind].view, views[kind].how_far, e, known);
  if (std::holds_alternative<explain_selection>(asked.what))
    take_one(*rows_, rows_at_, e, known);
  return true;
}

result<told_past> past_fold::tell(const past_query& asked, instant cut) {
  told_past told;
  told.cut = cut;
  if (const auto* selection = std::get_if<explain_selection>(&asked.what)) {
    auto members = explain(*rows_, policy_for(asked), *selection, cut);
    if (!members)
      return tl::unexpected(members.error());
    told.explanation = std::move(*members);
    told.at = rows_at_.at;
    return told;
  }
  auto& views = views_for(asked);
  for (std::size_t kind = 0; kind < view_kinds; ++kind) {
    if (!wants(asked, kind))
      continue;
    views[kind].view->advance(cut);
    views[kind].view->render(told.views[kind]);
    told.at = std::max(told.at, views[kind].how_far.at);
  }
  return told;
}

} // namespace btpay
