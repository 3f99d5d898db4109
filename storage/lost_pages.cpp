#include "storage/lost_pages.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace btpay {

namespace {

constexpr int exit_code = 2; // could not run

/// Everything below runs in a signal handler: no memory is asked for, no lock taken.
void say(std::string_view text) noexcept { static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size())); }

/// One line of /proc/self/maps, such as "7f00-7f10 r--s 00000000 08:01 42   /data/log/data.mdb".
bool is_line_of(std::string_view line, std::uintptr_t address) noexcept {
  std::array<std::uintptr_t, 2> bounds{};
  std::size_t part = 0;
  for (const char c : line) {
    const auto digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit >= 0)
      bounds[part] = bounds[part] * 16 + static_cast<std::uintptr_t>(digit);
    else if (c != '-' || ++part == bounds.size())
      break;
  }
  return address >= bounds[0] && address < bounds[1];
}

/// Says the path of the file that is mapped at `address`.
void say_file_at(std::uintptr_t address) noexcept {
  static std::array<char, 65536> text; // static: a signal's stack may be small
  const int file = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::size_t used = 0;
  for (ssize_t count = 1; count > 0; used += count > 0 ? static_cast<std::size_t>(count) : 0) {
    count = ::read(file, text.data() + used, text.size() - used);
    if (count <= 0)
      break;
  }
  std::string_view rest{text.data(), used};
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto path = line.find('/');
    if (path != std::string_view::npos && is_line_of(line, address))
      return say(line.substr(path));
  }
  say("a store");
}

void on_lost_page(int, siginfo_t* what, void*) noexcept {
  say("cannot read ");
  say_file_at(reinterpret_cast<std::uintptr_t>(what->si_addr));
  say(": it was cut off, or its disk fails: check the disk, then restore a backup\n");
  ::_exit(exit_code);
}

} // namespace

void end_at_lost_pages() noexcept {
  struct sigaction before {};
  if (::sigaction(SIGBUS, nullptr, &before) != 0 || before.sa_handler != SIG_DFL)
    return;
  struct sigaction ours {};
  ours.sa_sigaction = on_lost_page;
  ours.sa_flags = SA_SIGINFO;
  ::sigaction(SIGBUS, &ours, nullptr);
}

} // namespace btpay
