/// The process that the faulty disk is put under: appends random batches and tells of each on stdout, in one line and
/// one call, "ack ROUND SERIAL FIRST LAST" or "refused MESSAGE". Usage: log_writer DIR ROUND SEED BATCHES

#include "tests/recovery/random_appender.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

bool tell(const std::string& line) {
  const auto whole = line + '\n';
  return ::write(STDOUT_FILENO, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 5)
    return 2;
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const auto log = open_witnessed_log(argv[1]);
  if (!log)
    return tell("refused " + log.error().message) ? 1 : 2;
  random_appender appender(**log, number(2), std::mt19937_64{number(3)});
  for (auto left = number(4); left > 0; --left) {
    const auto made = appender.append();
    if (!made) {
      if (!tell("refused " + made.error().message))
        return 2;
      continue;
    }
    for (const auto& done : *made)
      if (!tell("ack " + std::to_string(done.round) + ' ' + std::to_string(done.serial) + ' ' +
                std::to_string(raw(done.where.first)) + ' ' + std::to_string(raw(done.where.last))))
        return 2;
  }
  ::_exit(0); // as if it had been killed: the log is not closed
}
