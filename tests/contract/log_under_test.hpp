#pragma once
/// The implementations of the event log, each behind the same few calls, for tests that hold for all of them.

#include "storage/event_log.hpp"
#include "storage/lmdb_event_log.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <utility>

namespace btpay::testing {

class memory_log_under_test {
public:
  event_log& operator*() { return *log_; }
  event_log* operator->() { return log_.get(); }
  void reopen() {} // it lives as long as its process

private:
  std::unique_ptr<event_log> log_ = make_memory_event_log();
};

class lmdb_log_under_test {
public:
  event_log& operator*() { return *log_; }
  event_log* operator->() { return log_.get(); }
  void reopen() {
    log_.reset();
    log_ = open();
  }

private:
  /// Heads are written down often, so that all their ways are taken.
  std::unique_ptr<event_log> open() {
    auto opened = open_lmdb_event_log(dir_.path(), {.heads_checkpoint_events = 5});
    if (!opened)
      FAIL(opened.error().message);
    return std::move(*opened);
  }

  temp_dir dir_;
  std::unique_ptr<event_log> log_ = open();
};

} // namespace btpay::testing
