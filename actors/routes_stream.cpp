/// Server-Sent Events: what the query and `Last-Event-ID` ask for, as the `subscribe` that a WebSocket's client would
/// send.

#include "actors/event_stream.hpp"
#include "actors/http_answers.hpp"
#include "actors/negotiated_exchange.hpp"
#include "actors/routes.hpp"
#include "actors/subscribe_form.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btpay {

namespace {

using nlohmann::json;

constexpr std::int64_t interval_seconds_max = 3'600;
constexpr std::int64_t duration_seconds_max = 86'400;

/// `a,b`: the names in a list, also empty ones.
json names_of(std::string_view list) {
  auto names = json::array();
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = list.find(',');
    names.push_back(std::string(list.substr(0, comma)));
    list.remove_prefix(comma == std::string_view::npos ? 0 : comma + 1);
  }
  return names;
}

result<bool> flag_of(std::string_view query, std::string_view name) {
  const auto text = form_field(query, name);
  if (!text || *text == "false" || *text == "0")
    return false;
  if (*text == "true" || *text == "1")
    return true;
  return refuse(errc::invalid_value, "\"" + std::string(name) + "\" must be true or false");
}

/// The messages of level 2, from where the client was.
result<stream_request> messages_of(std::string_view views, std::string_view query, std::string_view last_event_id) {
  const auto deltas = flag_of(query, "deltas");
  if (!deltas)
    return tl::unexpected(deltas.error());
  json sent{{"command", "subscribe"}, {"views", names_of(views)}, {"deltas", *deltas}};
  stream_request asked;
  if (const auto from = parse_event_id(last_event_id)) {
    sent["resume"] = {{"epoch", from->epoch}, {"seq", raw(from->at)}, {"notifications", raw(from->notified)}};
    asked.notified = from->notified;
  }
  const auto read = read_subscribe(sent);
  if (!read)
    return tl::unexpected(read.error());
  asked.notifications = std::get<subscribe>(*read).notifications;
  asked.opening = sent.dump();
  return asked;
}

stream_request summaries(std::chrono::seconds interval) {
  stream_request asked;
  asked.summaries = true;
  asked.opening = R"({"command":"subscribe","views":["dashboard"]})";
  if (interval.count() > 0)
    asked.repeated = R"({"command":"request_data"})";
  asked.repeat_time = interval;
  return asked;
}

} // namespace

void routes::stream(const http_request& request, const exchange_ptr& exchange) {
  auto who = identity_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  if (!accepts_type(request.header("accept"), "text/event-stream"))
    return exchange->respond(
        json_answer(406, R"({"error":"not_acceptable","message":"this is text/event-stream and nothing else"})"));
  const auto interval = number_of(request.query, "interval", 1, interval_seconds_max, 0);
  const auto duration = number_of(request.query, "duration", 1, duration_seconds_max, 0);
  for (const auto* read : {&interval, &duration})
    if (!*read)
      return exchange->respond(refusal_answer(read->error()));
  const auto views = form_field(request.query, "views");
  auto asked = views ? messages_of(*views, request.query, request.header("last-event-id"))
                     : result<stream_request>(summaries(std::chrono::seconds{*interval}));
  if (!asked)
    return exchange->respond(refusal_answer(asked.error()));
  session_grant grant;
  grant.kind = session_kind::stream;
  grant.who = std::move(who->who);
  grant.credential = who->credential;
  grant.valid_time = who->valid_time;
  if (const std::chrono::seconds wanted{*duration}; wanted.count() > 0)
    grant.valid_time = std::min(wanted, grant.valid_time.value_or(wanted));
  grant.silent = true;
  grant.stream = std::make_shared<const stream_request>(std::move(*asked));
  exchange->accept_stream(std::move(grant));
}

} // namespace btpay
