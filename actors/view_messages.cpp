#include "actors/view_messages.hpp"

#include "actors/messages.hpp"
#include "projections/canonical.hpp"
#include "projections/delta.hpp"

#include <utility>

namespace btpay {

namespace {

constexpr std::size_t around_bytes_max = 192; ///< what stands around a message's own content

std::string begun(std::string_view type, std::string_view epoch, position at) {
  std::string message = R"({"type":")";
  message.append(type).append(R"(","epoch":")").append(epoch).append(R"(","seq":)").append(std::to_string(raw(at)));
  return message;
}

void finish(std::string& message, instant now) {
  message += R"(,"timestamp":")";
  append_rfc3339(message, now);
  message += "\"}";
}

std::string_view delta_type(view_kind view) noexcept {
  switch (view) {
  case view_kind::dashboard:
    return "dashboard_delta";
  case view_kind::pending:
    return "pending_delta";
  case view_kind::hourly:
    return "hourly_delta";
  case view_kind::categories:
    return "category_delta";
  }
  return "";
}

} // namespace

void view_messages::tell_change(const rendering& before, position previous, bool with_hash) {
  before_ = &before;
  previous_ = previous;
  with_hash_ = with_hash;
}

view_frame view_messages::in(const view_form& form) {
  auto which = !form.positioned ? kind::plain : form.deltas && before_ ? kind::delta : kind::positioned;
  if (which == kind::delta && text(kind::delta)->size() >= after_.data->size())
    which = kind::positioned;
  view_frame frame{view_, at_, text(which)};
  frame.is_delta = which == kind::delta;
  if (form.packed) {
    auto& bytes = packed_[static_cast<std::size_t>(which)];
    if (!bytes)
      bytes = packed(*frame.message);
    frame.message = bytes;
  }
  return frame;
}

shared_bytes view_messages::text(kind which) {
  auto& message = texts_[static_cast<std::size_t>(which)];
  if (message)
    return message;
  switch (which) {
  case kind::plain:
    message = view_message(view_, *after_.data, now_);
    break;
  case kind::positioned:
    message = std::make_shared<const std::string>(positioned_text());
    break;
  case kind::delta:
    message = std::make_shared<const std::string>(delta_text());
    break;
  }
  return message;
}

std::string view_messages::positioned_text() const {
  auto message = begun(message_type(view_), epoch_, at_);
  message.reserve(after_.data->size() + around_bytes_max);
  message.append(R"(,"data":)").append(*after_.data);
  if (!after_.totals.empty())
    message.append(",").append(after_.totals);
  finish(message, now_);
  return message;
}

std::string view_messages::delta_text() const {
  auto message = begun(delta_type(view_), epoch_, at_);
  message.append(R"(,"prev":)").append(std::to_string(raw(previous_)));
  append_delta(message, view_, *before_->data, *after_.data);
  if (!after_.totals.empty())
    message.append(",").append(after_.totals);
  if (with_hash_)
    message.append(R"(,"hash":")").append(view_hash(*after_.data)).append("\"");
  finish(message, now_);
  return message;
}

} // namespace btpay
