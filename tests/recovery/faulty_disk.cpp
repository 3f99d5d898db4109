/// A disk that loses what was not synced, or fails: put before the C library with LD_PRELOAD. It sees what a process
/// does to files named data.mdb, by any of the calls that LMDB makes.
///
/// BTPAY_DISK_JOURNAL=FILE  every write and every sync is noted there, in their order, with what the process writes to
///                          stdout between them; `disk_journal.hpp` reads it. Syncs are not made: the journal is what
///                          says what would have lasted.
/// BTPAY_DISK_FAULT=FILE    while FILE says "write N" or "sync N", such calls fail with errno N, as of a disk that is
///                          full, broken or read-only. "short N" writes half and then fails.
///
/// BTPAY_DISK_FILES=END     watches files whose path ends so, instead of all data.mdb.
///
/// The journal is for processes that write with one thread. Compiled without sanitizers, so that it can come before
/// theirs.

#include "tests/recovery/disk_journal_format.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using namespace btpay::testing;

template <class Call>
Call real(const char* name) {
  return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name));
}

bool is_watched(int file) {
  char path[4096];
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto length = ::readlink(link.c_str(), path, sizeof path);
  static const char* const named = std::getenv("BTPAY_DISK_FILES");
  return length > 0 && std::string_view(path, static_cast<std::size_t>(length)).ends_with(named ? named : "/data.mdb");
}

int journal() {
  static const int file = [] {
    const char* path = std::getenv("BTPAY_DISK_JOURNAL");
    return path ? ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }();
  return file;
}

void note(disk_step what, std::uint64_t at, std::string_view bytes) {
  if (journal() < 0)
    return;
  const disk_note head{.what = what, .at = at, .bytes = bytes.size()};
  std::string whole(reinterpret_cast<const char*>(&head), sizeof head);
  whole += bytes;
  static const auto write = real<ssize_t (*)(int, const void*, size_t)>("write");
  if (write(journal(), whole.data(), whole.size()) != static_cast<ssize_t>(whole.size()))
    std::abort();
}

/// The errno that calls of this kind fail with now; 0: none.
int fault(const char* kind) {
  static const char* const path = std::getenv("BTPAY_DISK_FAULT");
  if (!path)
    return 0;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return 0;
  char text[64] = {};
  const auto length = ::read(file, text, sizeof text - 1);
  ::close(file);
  const std::string_view said(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  return said.starts_with(kind) ? std::atoi(text + std::strlen(kind)) : 0;
}

bool syncs_each_write(int file) { return (::fcntl(file, F_GETFL) & O_DSYNC) != 0; }

/// Runs `write(bytes)` as a faulty disk would.
template <class Write>
ssize_t written(int file, std::uint64_t at, std::string_view bytes, const Write& write) {
  if (const int code = fault("write ")) {
    errno = code;
    return -1;
  }
  if (const int code = fault("short "); code && bytes.size() > 512) {
    note(disk_step::write, at, bytes.substr(0, bytes.size() / 2));
    return write(bytes.size() / 2);
  }
  if (const int code = fault("short ")) {
    errno = code;
    return -1;
  }
  note(disk_step::write, at, bytes);
  const auto done = write(bytes.size());
  if (done > 0 && syncs_each_write(file))
    note(disk_step::sync_last, 0, {});
  return done;
}

int synced(int file, const char* name) {
  static const bool keeps_journal = journal() >= 0;
  if (is_watched(file)) {
    if (const int code = fault("sync ")) {
      errno = code;
      return -1;
    }
    note(disk_step::sync_all, 0, {});
    if (keeps_journal)
      return 0;
  }
  return real<int (*)(int)>(name)(file);
}

std::string_view view(const void* bytes, std::size_t count) { return {static_cast<const char*>(bytes), count}; }

} // namespace

extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
  static const auto call = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  if (!is_watched(file))
    return call(file, bytes, count, at);
  return written(file, static_cast<std::uint64_t>(at), view(bytes, count),
                 [&](std::size_t some) { return call(file, bytes, some, at); });
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) { return pwrite(file, bytes, count, at); }

ssize_t write(int file, const void* bytes, size_t count) {
  static const auto call = real<ssize_t (*)(int, const void*, size_t)>("write");
  if (file == STDOUT_FILENO)
    note(disk_step::told, 0, view(bytes, count));
  if (file == STDOUT_FILENO || !is_watched(file))
    return call(file, bytes, count);
  return written(file, static_cast<std::uint64_t>(::lseek(file, 0, SEEK_CUR)), view(bytes, count),
                 [&](std::size_t some) { return call(file, bytes, some); });
}

ssize_t writev(int file, const iovec* parts, int count) {
  static const auto call = real<ssize_t (*)(int, const iovec*, int)>("writev");
  if (!is_watched(file))
    return call(file, parts, count);
  std::string all;
  for (int i = 0; i < count; ++i)
    all += view(parts[i].iov_base, parts[i].iov_len);
  const auto at = ::lseek(file, 0, SEEK_CUR);
  return written(file, static_cast<std::uint64_t>(at), all, [&](std::size_t some) {
    const auto done = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(file, all.data(), some, at);
    ::lseek(file, at + (done > 0 ? done : 0), SEEK_SET);
    return done;
  });
}

int fdatasync(int file) { return synced(file, "fdatasync"); }
int fsync(int file) { return synced(file, "fsync"); }

} // extern "C"
