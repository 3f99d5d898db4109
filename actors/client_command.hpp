#pragma once
/// What a client may ask, on a socket or by a post: the commands of docs/PROTOCOL.md with their members. Pure; no CAF.

#include "actors/interfaces.hpp"
#include "domain/command.hpp"
#include "domain/errc.hpp"
#include "projections/projection.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace btpay {

struct ping {};

/// `request_data`, `request_pending`, `request_hourly`, `request_categories`.
struct request_view {
  view_kind view{};
};

/// What waits for the user's decision about a match.
struct request_review {};

/// The user decides something; answered with `NAME_result`.
struct user_decision {
  std::string_view name; ///< as in the request; lives as long as the program
  command what;
};

/// What a client that was here before still has.
struct resume_point {
  std::string epoch;
  position at{};    ///< the last notification that it has, or that one was cleared
  position known{}; ///< the greatest that it has heard of
  std::array<std::optional<view_base>, view_kinds> views{}; ///< by `view_kind`
};

/// `explain` and `as_of`: what was, or what a number is made of.
struct past_question {
  past_query query;                ///< but for the user
  std::optional<view_kind> only{}; ///< of `as_of`: one view, which the answer has as `data`
};

/// `subscribe`: from now on level 2.
struct subscribe {
  std::array<bool, view_kinds> views{}; ///< by `view_kind`
  bool notifications = false;
  bool deltas = false;
  std::chrono::milliseconds interval{}; ///< in each a view is told at most once; 0: none
  std::optional<resume_point> resume{};
};

/// Another kind of question is one more member here, and a line in the table of `client_command.cpp`.
using client_command =
    std::variant<ping, request_view, request_review, past_question, auto_categorize, user_decision, subscribe>;

/// A message of a client: what it asks, or why it asks nothing; and the mark that the answer repeats.
struct client_request {
  std::string ref; ///< empty where there is none
  result<client_command> asked;
};

inline constexpr std::size_t ref_bytes_max = 64;
inline constexpr std::size_t cleared_ids_max = 1'000; ///< notifications that one command may name
inline constexpr std::size_t budgets_max = 100;
/// Of `subscribe`. Below the least one, whole views would cost more than the deltas that they spare.
inline constexpr std::chrono::milliseconds interval_least{20};
inline constexpr std::chrono::milliseconds interval_most{10'000};

/// Reads `{"command":"…",…}`. Members that a command does not have are ignored, so that a later client can ask an
/// earlier service. Total: any bytes give a command or a reason (`malformed`, `missing_field`, `wrong_type`,
/// `unknown_command`, `invalid_value`, `too_long`, and those of amounts). A command without members costs no tree.
client_request read_client_request(std::string_view text);

} // namespace btpay
