#pragma once
/// THE contract: every message between actors and every actor's interface; `ports.hpp` is the part of it through which
/// actors and the transport meet. If two parts talk outside these headers, the design has a secret.
///
/// Messages never leave the process: plain structs, immutable once sent, big things behind a pointer to const.
/// Failures that are expected travel inside replies as `result`; a CAF error means that an actor is gone.

#include "actors/ports.hpp"
#include "domain/command.hpp"
#include "domain/decide.hpp"
#include "domain/errc.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "projections/book.hpp"
#include "projections/explanation.hpp"
#include "projections/projection.hpp"
#include "storage/account_store.hpp"
#include "storage/event_log.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace caf {
class execution_unit;
}

namespace btpay {

// -- messages ---------------------------------------------------------------------------------------------------------

/// TRANSPORT to SESSION: a whole message of the client, within the limits.
struct frame_received {
  std::string text;
  bool binary = false;
};

/// TRANSPORT to SESSION: the socket is gone; no call to its `connection` has any effect now.
struct peer_closed {};

/// TRANSPORT to SESSION: after a delta was not taken, there is room again.
struct outbox_drained {};

/// TRANSPORT to ROUTES.
struct http_request_received {
  http_request request;
  std::shared_ptr<http_exchange> exchange;
};

/// Asks the WRITER to append; refused with `stale` if the user's stream has moved on.
struct append {
  new_events what;
};

/// Tells that an append is on disk, or why not. Never sent before the commit returned.
struct appended {
  result<appended_range> where;
};

/// WRITER to LISTENERS: events that are on disk now. Complete and in order from the first one heard on.
struct committed {
  std::shared_ptr<const std::vector<recorded_event>> events;
};

/// Asks USERS for one user's decision on one command.
struct user_command {
  user_id user{};
  command what;
};

/// What the command did, durable already, and the log position that shows it.
struct commanded {
  result<outcome> answer;
  position at{}; ///< a view at or after this position contains the change
};

/// How a session wants to be told of a view.
struct view_form {
  bool positioned = false; ///< level 2: with `epoch` and `seq`
  bool deltas = false;     ///< what changed, where that is less than all; only where positioned
  bool packed = false;     ///< MessagePack, else JSON
};

/// A state of a view that a client still has: which events it contains, and when its windows were cut.
struct view_base {
  position at{};
  instant cut{};
};

/// One message of one view: rendered once, for all sessions of the user that want it in that form.
struct view_frame {
  view_kind view{};
  position at{};                  ///< the last event of the user that changed it
  shared_bytes message;           ///< `{"type":…,…,"timestamp":…}`; null where the user's log could not be read
  bool is_delta = false;          ///< applies to the message before it
  bool is_first = false;          ///< answers a `watch`
  std::uint32_t subscription = 0; ///< as in the `watch` that it is sent for
};

/// Asks a PROJECTOR for its view of a user, now.
struct view_query {
  user_id user{};
  bool data_only = false; ///< the `data` alone, without the message around it
  view_form form{};       ///< of the message; whole in any case
};

/// Asks the BOOKKEEPER about a user's transactions: a list of them, the figures of today, this month and the last 30
/// days, or what waits for the user's review.
struct book_query {
  struct stats {};
  struct review {};
  user_id user{};
  std::variant<book_selection, stats, review> what;
};
struct book_page {
  position at{};     ///< the last event of the user that it contains
  shared_bytes data; ///< JSON; null where the user's log could not be read
};

/// Asks the HISTORIAN about a moment of one user, now unless it says otherwise: some of the views as they stood, or
/// what a number of theirs was made of.
struct past_query {
  using views = std::array<bool, view_kinds>;
  user_id user{};
  std::optional<instant> at;       ///< where the windows are cut
  std::optional<instant> known_at; ///< what was recorded later is left out
  std::optional<position> last;    ///< so is what stands behind it in the log
  bool later = false;              ///< what is dated after `at` is part of it, as of today's views
  std::variant<views, explain_selection> what;
};
struct told_past {
  position at{};                               ///< the last event of the user that it contains
  instant cut{};                               ///< where the windows were cut
  std::array<std::string, view_kinds> views{}; ///< the `data` of those that were wanted
  std::string explanation;                     ///< members of a JSON object
};
struct past_answer {
  result<told_past> told;
};

/// Tells who decides, folds or answers for users that other rules are in force. Until an actor has it, it goes by the
/// old ones.
struct policies_changed {
  decision_policy decisions;
  view_policy views;
  std::array<std::uint64_t, view_kinds> codes{}; ///< tell code and rules of each view; 0: nothing is kept of it
};

/// A view as it was rendered, for the store.
struct kept_view {
  view_kind kind{};
  user_id user{};
  position at{};  ///< the user's last event that is in it
  instant time{}; ///< when its windows were cut
  instant good_until{};
  std::uint64_t code = 0;
  shared_bytes data;
};
/// Asks the KEEPER to keep views.
struct keep_views {
  std::vector<kept_view> views;
};

/// The every-five-seconds pair, in the order it is to be sent.
struct periodic_frames {
  shared_bytes dashboard; ///< null where it has not changed and need not be repeated
  shared_bytes periodic;
};

/// One notification as a message for the client, or that one was cleared.
struct notification_frame {
  position at{};
  shared_bytes message;
  std::uint32_t subscription = 0; ///< as in the `watch` that it is sent for
};

/// What a user has not seen, as it stands at a `watch` of level 2.
struct inbox_frames {
  position at{};                            ///< the user's last event then
  result<std::vector<shared_bytes>> unread; ///< messages by growing `seq`, or why the log could not be read
  std::uint32_t subscription = 0;
};

/// Asks the ADMIN to notify one user, several or all.
struct notify {
  bool everyone = false;
  std::vector<std::string> users; ///< names; ignored where `everyone`
  notification_posted what;
};
struct notified {
  result<std::size_t> users; ///< how many users have it in their log now
  position at{};
};

/// Asks the AUTHENTICATOR for a browser session.
struct log_in {
  std::string name;
  std::string password;
};
struct logged_in {
  result<account> who;
  std::string cookie; ///< the value of `sessionid`
};

/// Asks the AUTHENTICATOR for a new account.
struct add_user {
  std::string name;
  std::string password;
  std::string zone;
  currency home;
  account_role role = account_role::member;
};
struct user_added {
  result<account> who;
};

/// Asks the AUTHENTICATOR to give an account another password, which ends its sessions.
struct set_password {
  std::string name;
  std::string password;
};
struct password_set {
  result<account> who;
};

/// To ROUTES: whom the application that has the log-in knows by these cookies.
struct application_answered {
  std::uint64_t key = 0; ///< of the cookies
  result<std::string> name;
};

/// Asks the ADMIN for the open sockets.
struct list_sockets {};
struct sockets_listed {
  std::shared_ptr<const std::vector<open_socket>> sockets;
};
/// From the transport to the ADMIN: what was asked for.
struct sockets_found {
  std::uint64_t question = 0;
  std::shared_ptr<const std::vector<open_socket>> sockets;
};

/// Self-sent and timer-sent: time has passed.
struct tick {};

/// Self-sent: there is more of what was begun and must not hold up others.
struct go_on {};

/// Asks an actor to finish what it has and answer when that is done.
struct drain {};
struct drained {};

// -- interfaces -------------------------------------------------------------------------------------------------------

/// The LISTENER interface. Implemented by PROJECTOR and NOTIFIER.
using listener_actor = caf::typed_actor<
    // Learns what has been committed.
    caf::reacts_to<committed>>;

/// Makes a LISTENER hear of every later commit.
struct listen {
  listener_actor who;
};

/// The WRITER interface: the only one who appends to the event log. On a thread of its own, since it waits for fsync.
using writer_actor = caf::typed_actor<
    // Appends together with all that has queued, and replies after it is durable.
    caf::replies_to<append>::with<appended>,
    // Adds a LISTENER; it hears of every later commit, before those who asked for it.
    caf::reacts_to<listen>,
    // Replies when all that was queued before is durable.
    caf::replies_to<drain>::with<drained>,
    // INTERNAL: commits what has gathered.
    caf::reacts_to<tick>>;

/// The USER interface: decides for one user, one decision at a time. Also the interface of USERS, which finds (and
/// wakes, and puts to sleep) the actor of the user meant.
using user_actor = caf::typed_actor<
    // Decides, appends, and replies after it is durable.
    caf::replies_to<user_command>::with<commanded>,
    // Looks whether anybody has been idle for long.
    caf::reacts_to<tick>,
    // Decides by other rules from now on.
    caf::reacts_to<policies_changed>,
    // Replies when every command before is answered.
    caf::replies_to<drain>::with<drained>>;

/// The SESSION interface: one client's socket. Pinned to the io thread of its connection.
using session_actor = caf::typed_actor<
    // TRANSPORT: the client sent a message.
    caf::reacts_to<frame_received>,
    // TRANSPORT: the client is gone.
    caf::reacts_to<peer_closed>,
    // PROJECTOR: a view changed.
    caf::reacts_to<view_frame>,
    // PROJECTOR: five seconds have passed.
    caf::reacts_to<periodic_frames>,
    // NOTIFIER: a notification was posted or cleared.
    caf::reacts_to<notification_frame>,
    // NOTIFIER: what was unread when the session began to watch at level 2.
    caf::reacts_to<inbox_frames>,
    // TRANSPORT: there is room again for what the client missed.
    caf::reacts_to<outbox_drained>,
    // INTERNAL: views may be sent again that were sent a moment ago.
    caf::reacts_to<tick>>;

/// Makes the sender hear of a user's changes.
struct watch {
  user_id user{};
  session_actor who;
  view_form form{};
  std::uint32_t subscription = 0;   ///< repeated in every frame, so that late ones of an earlier watch are known
  std::optional<view_base> since{}; ///< what the client has; of notifications, the position alone
};
/// Makes it hear of them no more.
struct unwatch {
  user_id user{};
  session_actor who;
};

/// The PROJECTOR interface: one view of a share of the users. Pinned.
using projector_actor = caf::typed_actor<
    // WRITER: events were committed.
    caf::reacts_to<committed>,
    // Replies with the view as it is now, which contains all that was committed before the question was sent.
    caf::replies_to<view_query>::with<view_frame>,
    // The watcher gets the view as it is now, then each change.
    caf::reacts_to<watch>,
    // Forgets a watcher.
    caf::reacts_to<unwatch>,
    // Moves windows that are due, sends what is periodic, forgets users that nobody watches.
    caf::reacts_to<tick>,
    // Folds by other rules from now on: views that are watched in small parts, others when they are asked for.
    caf::reacts_to<policies_changed>,
    // Replies when what it has was handed to KEEPER, as much of it as there is time for.
    caf::replies_to<drain>::with<drained>,
    // INTERNAL: goes on with windows that are due and views that are to be folded again.
    caf::reacts_to<go_on>>;

/// The KEEPER interface: writes rendered views into their store. On a thread of its own, since it waits for the disk. A
/// failure is logged and harms nothing: what is not kept is folded from the log.
using keeper_actor = caf::typed_actor<
    // Keeps them, of each view the last one.
    caf::reacts_to<keep_views>,
    // Writes what has gathered.
    caf::reacts_to<tick>,
    // Replies when what has gathered is written, as much of it as there is time for.
    caf::replies_to<drain>::with<drained>>;

/// The BOOKKEEPER interface: every transaction of a share of the users, for who asks. Pinned.
using bookkeeper_actor = caf::typed_actor<
    // WRITER: events were committed.
    caf::reacts_to<committed>,
    // Replies from all that was committed before the question was sent.
    caf::replies_to<book_query>::with<book_page>,
    // Forgets users that nobody has asked about for a while.
    caf::reacts_to<tick>,
    // Folds by other rules from now on.
    caf::reacts_to<policies_changed>>;

/// The HISTORIAN interface: folds what was, for who asks. On a thread of its own, so that no one waits for a long fold
/// but those who asked for one.
using historian_actor = caf::typed_actor<
    // Replies from the log, or at once with `overloaded` where too many questions wait.
    caf::replies_to<past_query>::with<past_answer>,
    // Forgets users that nobody has asked about for a while.
    caf::reacts_to<tick>,
    // Folds by other rules from now on.
    caf::reacts_to<policies_changed>,
    // INTERNAL: goes on with the question whose turn it is.
    caf::reacts_to<go_on>>;

/// The NOTIFIER interface: hands notifications to the sockets of a share of the users. Pinned.
using notifier_actor = caf::typed_actor<
    // WRITER: events were committed.
    caf::reacts_to<committed>,
    // The watcher gets each later notification; at level 2 first what is unread, and what is cleared too.
    caf::reacts_to<watch>,
    // Forgets a watcher.
    caf::reacts_to<unwatch>>;

/// The ADMIN interface: what an operator may ask of the running service.
using admin_actor = caf::typed_actor<
    // Posts a notification to users, and replies after it is durable.
    caf::replies_to<notify>::with<notified>,
    // Replies with the sockets that are open on all io threads.
    caf::replies_to<list_sockets>::with<sockets_listed>,
    // INTERNAL: they have been found.
    caf::reacts_to<sockets_found>>;

/// The AUTHENTICATOR interface: what costs a password hash. On a thread of its own.
using authenticator_actor = caf::typed_actor<
    // Checks a password and opens a browser session.
    caf::replies_to<log_in>::with<logged_in>,
    // Adds an account.
    caf::replies_to<add_user>::with<user_added>,
    // Changes a password.
    caf::replies_to<set_password>::with<password_set>>;

/// The ROUTES interface: answers HTTP. One per io thread, pinned to it.
using routes_actor = caf::typed_actor<
    // TRANSPORT: a request was read.
    caf::reacts_to<http_request_received>,
    // TRANSPORT: the application that has the log-in answered.
    caf::reacts_to<application_answered>>;

/// How the transport opens a session on the io thread it runs on, after the handshake. The session lives until
/// `peer_closed`, which the transport always sends in the end.
using session_opener = std::function<session_actor(caf::execution_unit& unit, std::shared_ptr<connection> socket,
                                                   const session_grant& grant)>;

} // namespace btpay

#define BTPAY_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(btpay::type)
BTPAY_LOCAL_MESSAGE(frame_received)
BTPAY_LOCAL_MESSAGE(peer_closed)
BTPAY_LOCAL_MESSAGE(outbox_drained)
BTPAY_LOCAL_MESSAGE(http_request_received)
BTPAY_LOCAL_MESSAGE(append)
BTPAY_LOCAL_MESSAGE(appended)
BTPAY_LOCAL_MESSAGE(committed)
BTPAY_LOCAL_MESSAGE(listen)
BTPAY_LOCAL_MESSAGE(user_command)
BTPAY_LOCAL_MESSAGE(commanded)
BTPAY_LOCAL_MESSAGE(view_frame)
BTPAY_LOCAL_MESSAGE(view_query)
BTPAY_LOCAL_MESSAGE(periodic_frames)
BTPAY_LOCAL_MESSAGE(notification_frame)
BTPAY_LOCAL_MESSAGE(inbox_frames)
BTPAY_LOCAL_MESSAGE(notify)
BTPAY_LOCAL_MESSAGE(notified)
BTPAY_LOCAL_MESSAGE(log_in)
BTPAY_LOCAL_MESSAGE(logged_in)
BTPAY_LOCAL_MESSAGE(add_user)
BTPAY_LOCAL_MESSAGE(user_added)
BTPAY_LOCAL_MESSAGE(set_password)
BTPAY_LOCAL_MESSAGE(password_set)
BTPAY_LOCAL_MESSAGE(application_answered)
BTPAY_LOCAL_MESSAGE(list_sockets)
BTPAY_LOCAL_MESSAGE(sockets_listed)
BTPAY_LOCAL_MESSAGE(sockets_found)
BTPAY_LOCAL_MESSAGE(tick)
BTPAY_LOCAL_MESSAGE(go_on)
BTPAY_LOCAL_MESSAGE(book_query)
BTPAY_LOCAL_MESSAGE(book_page)
BTPAY_LOCAL_MESSAGE(past_query)
BTPAY_LOCAL_MESSAGE(past_answer)
BTPAY_LOCAL_MESSAGE(policies_changed)
BTPAY_LOCAL_MESSAGE(keep_views)
BTPAY_LOCAL_MESSAGE(drain)
BTPAY_LOCAL_MESSAGE(drained)
BTPAY_LOCAL_MESSAGE(watch)
BTPAY_LOCAL_MESSAGE(unwatch)
#undef BTPAY_LOCAL_MESSAGE
