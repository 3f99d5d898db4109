#include "actors/past_message.hpp"

#include "actors/messages.hpp"
#include "projections/json_writer.hpp"

#include <memory>
#include <string>

namespace btpay {

namespace {

void write_views(json_writer& json, const told_past& told) {
  json.key("views").begin_object();
  for (std::size_t view = 0; view < view_kinds; ++view)
    if (const auto& data = told.views[view]; !data.empty())
      json.key(to_string(static_cast<view_kind>(view))).whole(data);
  json.end_object();
}

} // namespace

shared_bytes past_message(const past_question& asked, const told_past& told, std::string_view epoch,
                          std::string_view ref, instant now) {
  std::string message;
  json_writer json(message);
  json.begin_object();
  if (const auto* explained = std::get_if<explain_selection>(&asked.query.what)) {
    json.key("type").text("explanation");
    json.key("view").text(to_string(explained->view));
    json.key("field").text(explained->field);
    message.append(",").append(told.explanation);
  } else {
    json.key("type").text("as_of_result");
    if (asked.only) {
      json.key("view").text(to_string(*asked.only));
      json.key("data").whole(told.views[static_cast<std::size_t>(*asked.only)]);
    } else {
      write_views(json, told);
    }
  }
  json.key("at").date(told.cut);
  if (asked.query.known_at)
    json.key("known_at").date(*asked.query.known_at);
  json.key("epoch").text(epoch);
  json.key("seq").number(raw(told.at));
  json.key("timestamp").date(now);
  json.end_object();
  return with_ref(std::make_shared<const std::string>(std::move(message)), ref);
}

} // namespace btpay
