#pragma once
/// Writes rendered views into the store of views.

#include "actors/interfaces.hpp"
#include "actors/stored_views.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace btpay {

/// How often a keeper wants a `tick`: the disk is waited for once in that time, however many views change.
inline constexpr std::chrono::seconds keeper_tick{2};

struct keeper_limits {
  std::size_t gathered_bytes_max = std::size_t{64} << 20U; ///< what comes beyond it is not kept
  std::size_t put_bytes_max = std::size_t{4} << 20U;       ///< in one transaction, about
  std::chrono::milliseconds drain_time{3'000};             ///< for what has gathered when the service stops
};

/// Spawned detached by the assembly, since a commit waits for the disk. Gathers what PROJECTORs hand over, of each view
/// the last, and writes it at each tick. What cannot be written is dropped: the log has it all.
class keeper : public keeper_actor::base {
public:
  using super = keeper_actor::base;

  keeper(caf::actor_config& config, std::shared_ptr<view_store> store, std::string epoch,
         std::shared_ptr<view_counts> counts, keeper_limits limits);

  behavior_type make_behavior() override;

private:
  using key = std::pair<std::uint8_t, std::uint64_t>; ///< kind and user

  void gather(const keep_views& what);
  void write(std::chrono::steady_clock::time_point end);
  bool write_some();

  std::shared_ptr<view_store> store_;
  std::string epoch_; ///< of the log, in full
  std::shared_ptr<view_counts> counts_;
  keeper_limits limits_;
  std::map<key, kept_view> gathered_;
  std::size_t gathered_bytes_ = 0;
  std::string failure_; ///< of the last write, so that it is told once
};

} // namespace btpay
