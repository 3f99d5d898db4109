#pragma once
/// Tells on stderr how far long work is: one line that is drawn anew on a terminal, plain lines elsewhere.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace btpay {

/// Any thread adds. Ends its line when it is destroyed; says nothing where the work was short.
class progress {
public:
  /// `total` 0: not known.
  progress(const char* program, std::string what, std::string unit, std::uint64_t total);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void add(std::uint64_t done);

  /// Runs `say`, which writes whole lines to a stream, without the two lines running into each other.
  template <class Say>
  void interrupt(Say&& say) {
    const std::lock_guard guard{mutex_};
    clear_line();
    say();
  }

private:
  using stopwatch = std::chrono::steady_clock;

  void clear_line();
  void tell(stopwatch::time_point now);

  const char* program_;
  const std::string what_;
  const std::string unit_;
  const std::uint64_t total_;
  const bool on_terminal_;
  const stopwatch::time_point begun_ = stopwatch::now();

  std::mutex mutex_;
  std::uint64_t done_ = 0;
  stopwatch::time_point told_ = begun_;
  bool is_drawn_ = false; ///< a line that has not ended stands on the terminal
  bool was_told_ = false;
};

/// "rebuild: 1200000/5000000 events (24 %), 800000 events/s, 5 s left"; for the tests.
std::string progress_line(const std::string& what, const std::string& unit, std::uint64_t done, std::uint64_t total,
                          double seconds);

} // namespace btpay
