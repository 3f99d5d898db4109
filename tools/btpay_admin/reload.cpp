#include "tools/btpay_admin/commands.hpp"
#include "tools/btpay_admin/service.hpp"
#include "tools/common/exit_codes.hpp"

#include <cstdio>

namespace btpay::admin_tool {

int reload(const data_directory& where) {
  const auto done = ask_service(where, "/admin/reload", nlohmann::json::object());
  if (!done)
    return fail(program, done.error());
  if (!*done)
    return fail(program, "no service runs on " + where.root.string() + ": it reads the rules when it starts");
  std::printf("reloaded\n");
  return exit_done;
}

} // namespace btpay::admin_tool
