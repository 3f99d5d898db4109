#include "storage/writer_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace btpay {

result<writer_lock> writer_lock::take(const std::filesystem::path& dir, std::string_view advice) {
  const auto path = dir / "writer.lock";
  writer_lock lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.file_ >= 0 && ::flock(lock.file_, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (errno == EWOULDBLOCK)
    return refuse(errc::storage_failed, "another process writes " + dir.string() + ": " + std::string(advice));
  return refuse(errc::storage_failed, "cannot lock " + path.string() + " (" + std::generic_category().message(errno) +
                                          "): run as the owner of the directory, on a file system with locks");
}

writer_lock::~writer_lock() {
  if (file_ >= 0)
    ::close(file_);
}

} // namespace btpay
