#include "actors/http_answers.hpp"
#include "actors/routes.hpp"

#include <caf/all.hpp>

#include <cstdint>

namespace btpay {

namespace {

constexpr std::int64_t minutes_max = 60LL * 24 * 366 * 100; ///< to either side of now
constexpr std::int64_t days_max = 366 * 100;
constexpr std::int64_t page_rows_max = 1'000;

result<book_selection> selection_of(std::string_view query) {
  book_selection wanted;
  const auto minutes = number_of(query, "minutes", -minutes_max, minutes_max, wanted.minutes);
  const auto days = number_of(query, "days", 1, days_max, 0);
  const auto limit = number_of(query, "limit", 0, page_rows_max, static_cast<std::int64_t>(wanted.limit));
  const auto after = number_of(query, "after", 1, INT64_MAX, 0);
  for (const auto* read : {&minutes, &days, &limit, &after})
    if (!*read)
      return tl::unexpected(read->error());
  wanted.minutes = *minutes;
  if (*days != 0)
    wanted.days = static_cast<int>(*days);
  wanted.limit = static_cast<std::size_t>(*limit);
  wanted.after = transaction_id{static_cast<std::uint64_t>(*after)};
  wanted.category = form_field(query, "category");
  wanted.merchant = form_field(query, "merchant");
  return wanted;
}

} // namespace

void routes::transactions(const http_request& request, const exchange_ptr& exchange) {
  const auto who = user_of(request);
  if (!who)
    return exchange->respond(refusal_answer(who.error()));
  auto wanted = selection_of(request.query);
  if (!wanted)
    return exchange->respond(refusal_answer(wanted.error()));
  answer_from_book({who->id, std::move(*wanted)}, exchange);
}

void routes::stats(const http_request& request, const exchange_ptr& exchange) {
  if (const auto who = user_of(request))
    answer_from_book({who->id, book_query::stats{}}, exchange);
  else
    exchange->respond(refusal_answer(who.error()));
}

void routes::review(const http_request& request, const exchange_ptr& exchange) {
  if (const auto who = user_of(request))
    answer_from_book({who->id, book_query::review{}}, exchange);
  else
    exchange->respond(refusal_answer(who.error()));
}

void routes::answer_from_book(book_query asked, const exchange_ptr& exchange) {
  const auto user = asked.user;
  this->request(services_->actors->bookkeeper(user), caf::infinite, std::move(asked))
      .then(
          [exchange](const book_page& page) {
            if (!page.data)
              return exchange->respond(refusal_answer({errc::storage_failed, "the log could not be read"}));
            auto answer = json_answer(200, {});
            answer.body = page.data;
            exchange->respond(std::move(answer));
          },
          unavailable(exchange));
}

} // namespace btpay
