#pragma once
/// Rendered views and where in the log each was rendered, in an LMDB environment of their own (`views/`). A cache: all
/// of it can be made again from the log. Format and reasons: docs/decisions/0008-checkpoints-and-generations.md.
///
/// Views live in generations. A new one is built beside the one that is live, a part of the users at a time; once all
/// views of a part are there, it is noted as done, and a build that was killed goes on with the next. The switch is one
/// transaction, and the generation before stays, to go back to.
///
/// Any thread and any process reads, and puts single views into what is live; one builds, which it has to say.

#include "domain/errc.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"
#include "storage/writer_lock.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btpay {

/// The kinds of views are only numbered here; what they are is the projections' affair.
inline constexpr std::size_t stored_view_kinds = 4;

struct stored_view {
  std::uint8_t kind = 0;
  user_id user{};
  position at{};          ///< the user's last event that is in it
  instant time{};         ///< the instant that its windows were cut at
  instant good_until{};   ///< until then time alone does not change it
  std::uint64_t code = 0; ///< tells the code and rules that rendered it
  std::string data{};
  friend bool operator==(const stored_view&, const stored_view&) = default;
};

/// One full set of views, and how far it is built.
struct view_generation {
  std::uint64_t number = 0;
  std::string epoch{};    ///< of the log that it was made from
  position at{};          ///< all events up to here are in it
  instant time{};         ///< its windows were cut at
  std::uint8_t kinds = 0; ///< bits of the kinds that are built anew; others were taken over from the generation before
  std::optional<user_id> user{}; ///< the only one who is built anew
  std::array<std::uint64_t, stored_view_kinds> code{};
  /// By kind: every user who was there by then has a view.
  std::array<position, stored_view_kinds> everybody_at{};
  std::uint32_t parts = 1;           ///< the users are built in so many shares
  std::vector<std::uint32_t> done{}; ///< the shares that are built, growing

  bool is_complete() const noexcept { return done.size() == parts; }
  /// Whether nothing is taken over from the generation before.
  bool is_whole() const noexcept { return !user && kinds == (1U << stored_view_kinds) - 1; }
  bool builds(std::uint8_t kind) const noexcept { return (kinds >> kind & 1U) != 0; }
};

class view_store {
public:
  enum class use : std::uint8_t { read, build, serve };

  /// `build` and `serve` make the environment where it is missing. `build` fails where another builds; who serves may
  /// `claim_building` later.
  static result<std::unique_ptr<view_store>> open(const std::filesystem::path& dir, use how);
  ~view_store();

  /// The one that answers; none before the first.
  result<std::optional<view_generation>> live() const;
  /// The one that is being built, or was when its builder died.
  result<std::optional<view_generation>> unfinished() const;
  /// All that are kept, by number.
  result<std::vector<view_generation>> generations() const;

  /// Begins a generation, which gets its number, in the place of an unfinished one. What it does not build anew is
  /// copied from the live one.
  result<view_generation> begin(view_generation wanted);

  /// Puts views of a part in place, in one transaction: best in the order of kinds and users, and some MiB at a time,
  /// since LMDB keeps in memory what a transaction writes. What is there from a builder that died gets the same again.
  result<void> write(std::uint64_t generation, const std::vector<stored_view>& views);
  /// Notes that all views of a part are in place.
  result<void> finish_part(std::uint64_t generation, std::uint32_t part);

  /// Makes a complete generation the live one. The one that was live stays to go back to; older ones are removed.
  result<void> go_live(std::uint64_t generation);
  /// Makes the one before the live one, which goes. Gives it; fails with `unknown_item` where there is none.
  result<view_generation> roll_back();

  /// Visits the views of a generation by kind and user, until `visit` returns false; inside a read transaction.
  result<void> read(std::uint64_t generation, const std::function<bool(const stored_view&)>& visit) const;
  /// One view of the live generation; none where that is of another log than `epoch`, unless this is empty.
  result<std::optional<stored_view>> find(std::uint8_t kind, user_id user, std::string_view epoch = {}) const;

  /// Puts views of the log `epoch` into the live generation, all or none; beside whoever builds another one. A view
  /// that is there by the same code and contains more stays. Where no generation of this log is live, an empty one
  /// becomes it, of which nobody says that it holds everybody; but not while one is being built, which is to be the
  /// next: then nothing is put. Gives how many views were.
  result<std::size_t> put(std::string_view epoch, const std::vector<stored_view>& views);

  /// The right to build, for a store opened to serve; fails where it is taken.
  result<writer_lock> claim_building() const;

private:
  struct impl;
  explicit view_store(std::unique_ptr<impl>);
  std::unique_ptr<impl> impl_;
};

} // namespace btpay
