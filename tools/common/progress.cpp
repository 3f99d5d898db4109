#include "tools/common/progress.hpp"

#include <cstdio>
#include <unistd.h>

namespace btpay {

namespace {

using namespace std::chrono_literals;

constexpr auto terminal_interval = 200ms;
constexpr auto line_interval = 5s;

} // namespace

std::string progress_line(const std::string& what, const std::string& unit, std::uint64_t done, std::uint64_t total,
                          double seconds) {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string line = what + ": " + std::to_string(done);
  if (total != 0)
    line += '/' + std::to_string(total);
  line += ' ' + unit;
  if (total != 0)
    line +=
        " (" + std::to_string(static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(total))) + " %)";
  line += ", " + std::to_string(static_cast<std::uint64_t>(rate)) + ' ' + unit + "/s";
  if (total > done && rate > 0)
    line +=
        ", " + std::to_string(static_cast<std::uint64_t>(static_cast<double>(total - done) / rate + 0.5)) + " s left";
  return line;
}

progress::progress(const char* program, std::string what, std::string unit, std::uint64_t total)
    : program_(program),
      what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      on_terminal_(::isatty(STDERR_FILENO) != 0) {}

progress::~progress() {
  if (!was_told_)
    return;
  tell(stopwatch::now());
  if (is_drawn_)
    std::fputc('\n', stderr);
}

void progress::add(std::uint64_t done) {
  const std::lock_guard guard{mutex_};
  done_ += done;
  const auto now = stopwatch::now();
  if (now - told_ >= (on_terminal_ ? stopwatch::duration(terminal_interval) : stopwatch::duration(line_interval)))
    tell(now);
}

void progress::tell(stopwatch::time_point now) {
  told_ = now;
  was_told_ = true;
  const auto line = progress_line(what_, unit_, done_, total_, std::chrono::duration<double>(now - begun_).count());
  if (on_terminal_)
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  else
    std::fprintf(stderr, "%s: %s\n", program_, line.c_str());
  std::fflush(stderr);
  is_drawn_ = on_terminal_;
}

void progress::clear_line() {
  if (is_drawn_)
    std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  is_drawn_ = false;
}

} // namespace btpay
