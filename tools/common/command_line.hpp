#pragma once
/// How every program reads its command line.

#include "tools/common/exit_codes.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace btpay {

/// The exit code where the program is to end: after `--help` and `--version`, and, said in one line, a wrong line.
inline std::optional<int> parse_command_line(CLI::App& app, const char* program, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& done) {
    return app.exit(done);
  } catch (const CLI::ParseError& wrong) {
    return fail(program, std::string(wrong.what()) + " (--help tells what there is)");
  }
}

} // namespace btpay
