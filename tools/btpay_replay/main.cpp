#include "tools/btpay_replay/commands.hpp"
#include "tools/common/command_line.hpp"
#include "tools/common/exit_codes.hpp"

#include <CLI/CLI.hpp>

namespace {

using namespace btpay;

struct arguments {
  std::string data = "data";
  std::string compat;
  std::string rules_file;
  std::string user;
  std::string at;
  std::string known_at;
  std::optional<std::uint64_t> seq;
  bool later = false;
  std::string view;
  std::string file;
  unsigned threads = 0;
  std::size_t memory_mib = 1024;
  bool dry_run = false;
  bool roll_back = false;
};

/// Every command takes these, before or after its name.
void add_rules(CLI::App& command, arguments& given) {
  command.add_option("--compat", given.compat, "Preset of another system: moneymanager");
  command.add_option("--rules", given.rules_file, "Rules file instead of the shipped one");
}

void add_limits(CLI::App& command, arguments& given) {
  command.add_option("--threads", given.threads, "At most so many; one per core if not given");
  command.add_option("--memory", given.memory_mib, "MiB for the folds, about")->check(CLI::Range(16, 1 << 20));
}

void add_rebuild(CLI::App& command, arguments& given) {
  command.add_option("--view", given.view, "Only this: dashboard, pending, hourly or categories");
  command.add_option("--user", given.user, "Only this user's");
  command.add_option("--at", given.at, "RFC 3339 time that windows are cut at; now if not given");
  command.add_flag("--dry-run", given.dry_run, "Only say what would be done");
  command.add_flag("--rollback", given.roll_back, "Go back to the generation before the live one");
  add_limits(command, given);
  add_rules(command, given);
}

} // namespace

int main(int argc, char** argv) {
  arguments given;
  CLI::App app{"Reads the event log of btpay: shows, checks and rebuilds what it says.", replay::program};
  app.set_version_flag("--version", std::string(replay::program) + " " BTPAY_VERSION);
  app.add_option("--data", given.data, "Data directory")->envname("BTPAY_DATA");
  app.require_subcommand(1);
  app.fallthrough();

  auto* show = app.add_subcommand("show", "Print a view of a user as JSON");
  show->add_option("view", given.view, "dashboard, pending, hourly, categories or stats")->required();
  show->add_option("--user", given.user, "Whose")->required();
  show->add_option("--at", given.at, "RFC 3339 time that windows are cut at; now if not given");
  show->add_option("--known-at", given.known_at, "RFC 3339 time: only what was recorded by then");
  show->add_option("--seq", given.seq, "Only the events up to this one of the log");
  show->add_flag("--later", given.later, "Count what is dated after that time, as the service's live views do");
  add_rules(*show, given);
  auto* verify = app.add_subcommand("verify", "Check every record and stored view; exit code 1 where one is bad");
  add_limits(*verify, given);
  add_rules(*verify, given);
  auto* rebuild = app.add_subcommand("rebuild", "Make the stored views anew, beside the live ones, and switch");
  add_rebuild(*rebuild, given);
  auto* stats = app.add_subcommand("stats", "Count events");
  auto* export_events = app.add_subcommand("export", "Print events as JSON lines");
  export_events->add_option("--user", given.user, "Only this user's");
  auto* import_file =
      app.add_subcommand("import", "Take transactions, or an exported log, from JSON lines (service stopped)");
  import_file->add_option("file", given.file, "The file")->required();
  import_file->add_flag("--dry-run", given.dry_run, "Only check the file and say what would be done");
  add_rules(*import_file, given);
  auto* categorize = app.add_subcommand("auto-categorize", "Book what the rules know (service stopped)");
  categorize->add_option("--user", given.user, "Whose")->required();
  categorize->add_option("--at", given.at, "RFC 3339 time; now if not given");
  add_rules(*categorize, given);
  auto* text = app.add_subcommand("text", "Say what the rules make of descriptions, one JSON string a line");
  add_rules(*text, given);

  if (const auto ended = parse_command_line(app, replay::program, argc, argv))
    return *ended;
  const data_directory where{given.data};
  if (stats->parsed())
    return replay::stats(where);
  if (export_events->parsed())
    return replay::export_events(where, given.user);
  const auto rules = make_policies(given.compat, given.rules_file);
  if (!rules)
    return fail(replay::program, rules.error());
  if (verify->parsed())
    return replay::verify(where, *rules, {given.threads, given.memory_mib});
  if (rebuild->parsed())
    return replay::rebuild(
        where, *rules,
        {given.view, given.user, given.at, given.threads, given.memory_mib, given.dry_run, given.roll_back});
  if (show->parsed())
    return replay::show(where, *rules, {given.view, given.user, given.at, given.known_at, given.seq, given.later});
  if (import_file->parsed())
    return replay::import_file(where, *rules, given.file, given.dry_run);
  if (categorize->parsed())
    return replay::auto_categorize(where, *rules, given.user, given.at);
  if (text->parsed())
    return replay::text(*rules);
  return exit_failed;
}
