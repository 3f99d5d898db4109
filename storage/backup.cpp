#include "storage/backup.hpp"

#include "storage/lmdb.hpp"

namespace btpay {

result<void> back_up_environment(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto env = lmdb::environment::open(from, {.read_only = true});
  if (!env)
    return tl::unexpected{env.error()};
  return env->copy_to(to);
}

bool holds_environment(const std::filesystem::path& dir) { return std::filesystem::exists(dir / "data.mdb"); }

} // namespace btpay
