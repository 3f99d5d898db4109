#include "tests/recovery/writer_process.hpp"

#include <array>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace btpay::testing {

namespace {

[[noreturn]] void run(const writer_order& order, int told) {
  ::dup2(told, STDOUT_FILENO);
  ::setenv("LD_PRELOAD", BTPAY_FAULTY_DISK, 1);
  ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
  if (!order.journal.empty())
    ::setenv("BTPAY_DISK_JOURNAL", order.journal.c_str(), 1);
  if (!order.fault.empty())
    ::setenv("BTPAY_DISK_FAULT", order.fault.c_str(), 1);
  const auto round = std::to_string(order.round);
  const auto seed = std::to_string(order.seed);
  const auto batches = std::to_string(order.batches);
  ::execl(BTPAY_LOG_WRITER, BTPAY_LOG_WRITER, order.dir.c_str(), round.c_str(), seed.c_str(), batches.c_str(),
          static_cast<char*>(nullptr));
  ::_exit(127);
}

} // namespace

std::optional<writer_line> parse_writer_line(const std::string& line) {
  std::uint64_t round = 0;
  std::uint64_t serial = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (line.starts_with("refused "))
    return writer_line{std::nullopt, line.substr(8)};
  if (std::sscanf(line.c_str(), "ack %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &round, &serial, &first, &last) !=
      4)
    return std::nullopt;
  return writer_line{acknowledgement{round, serial, {position{first}, position{last}, {}}}, {}};
}

writer_process::writer_process(const writer_order& order) {
  int told[2];
  REQUIRE(::pipe2(told, O_CLOEXEC) == 0);
  pid_ = ::fork();
  if (pid_ == 0)
    run(order, told[1]);
  ::close(told[1]);
  told_ = told[0];
}

writer_process::~writer_process() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(told_);
}

std::optional<writer_line> writer_process::next() {
  for (;;) {
    if (const auto end = waiting_.find('\n'); end != std::string::npos) {
      const auto line = waiting_.substr(0, end);
      waiting_.erase(0, end + 1);
      return parse_writer_line(line);
    }
    std::array<char, 4096> some{};
    const auto count = ::read(told_, some.data(), some.size());
    if (count <= 0)
      return std::nullopt;
    waiting_.append(some.data(), static_cast<std::size_t>(count));
  }
}

} // namespace btpay::testing
