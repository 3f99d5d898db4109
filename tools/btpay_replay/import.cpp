#include "actors/ingestion.hpp"
#include "tools/btpay_replay/commands.hpp"
#include "tools/common/exit_codes.hpp"
#include "tools/common/log_import.hpp"
#include "tools/common/progress.hpp"
#include "tools/common/stopped_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>

namespace btpay::replay {

namespace {

constexpr std::size_t rows_per_append = 5000;

/// Rows of a file on their way into the store, per user, in the order of the file.
class importer {
public:
  importer(stopped_store& store, progress& shown) : store_(store), shown_(shown), now_(machine_clock{}.now()) {}

  /// False where the store failed; `wrong` says so.
  bool take(ingestion_row& row, std::size_t line) {
    if (row.user.empty()) {
      reject(line, {errc::missing_field, "\"user\" is missing"});
      return true;
    }
    if (auto* why = std::get_if<refusal>(&row.content)) {
      reject(line, *why);
      return true;
    }
    auto& mine = users_[row.user];
    if (const auto* account = std::get_if<account_opened>(&row.content))
      return run(row.user, open_account{*account}).has_value();
    if (auto* key = std::get_if<transaction_key>(&row.content)) {
      mine.what.withdrawn.push_back(std::move(*key));
      mine.withdrawn_lines.push_back(line);
      return mine.size() < rows_per_append || flush(row.user, mine);
    }
    // A withdrawal takes effect after the rows of its append, so what a file tells later goes into the next one.
    if (!mine.what.withdrawn.empty() && !flush(row.user, mine))
      return false;
    mine.what.rows.push_back(std::move(std::get<transaction>(row.content)));
    mine.lines.push_back(line);
    return mine.size() < rows_per_append || flush(row.user, mine);
  }

  bool finish() {
    for (auto& [name, mine] : users_)
      if (mine.size() != 0 && !flush(name, mine))
        return false;
    return true;
  }

  const std::optional<refusal>& failed() const noexcept { return failed_; }
  std::size_t rejected() const noexcept { return rejected_; }

  std::string summary() const {
    const auto count = [this](row_fate fate) { return fates_[static_cast<std::size_t>(fate)]; };
    return nlohmann::ordered_json{{"accepted", count(row_fate::accepted)},
                                  {"corrected", count(row_fate::corrected)},
                                  {"duplicates", count(row_fate::duplicate)},
                                  {"withdrawn", count(row_fate::withdrawn)},
                                  {"rejected", rejected_}}
        .dump();
  }

private:
  struct waiting {
    import_transactions what;
    std::vector<std::size_t> lines;
    std::vector<std::size_t> withdrawn_lines;

    std::size_t size() const noexcept { return what.rows.size() + what.withdrawn.size(); }
  };

  bool flush(const std::string& name, waiting& mine) {
    auto lines = std::exchange(mine.lines, {});
    lines.insert(lines.end(), mine.withdrawn_lines.begin(), mine.withdrawn_lines.end());
    mine.withdrawn_lines.clear();
    const auto done = run(name, std::exchange(mine.what, {}));
    if (!done)
      return false;
    for (const auto fate : done->fates)
      ++fates_[static_cast<std::size_t>(fate)];
    for (const auto& row : done->rejected)
      reject(lines[row.index], row.why);
    return true;
  }

  result<outcome> run(const std::string& name, const command& what) {
    const auto who = store_.user_named(name);
    auto done = who ? store_.run(*who, what, now_) : tl::unexpected(who.error());
    if (!done)
      failed_ = done.error();
    return done;
  }

  void reject(std::size_t line, const refusal& why) {
    ++rejected_;
    shown_.interrupt([&] { std::fprintf(stderr, "%s: line %zu: %s\n", program, line, why.message.c_str()); });
  }

  stopped_store& store_;
  progress& shown_;
  instant now_;
  std::map<std::string, waiting> users_;
  std::array<std::size_t, 5> fates_{}; ///< by `row_fate`
  std::size_t rejected_ = 0;
  std::optional<refusal> failed_;
};

} // namespace

int import_file(const data_directory& where, const policies& rules, const std::string& file, bool dry_run) {
  std::ifstream input(file, std::ios::binary | std::ios::ate);
  if (!input)
    return fail(program, "cannot read " + file);
  const auto bytes = std::max(std::streamoff{0}, std::streamoff{input.tellg()});
  input.clear(); // a pipe has no end to begin at
  input.seekg(0);
  input.clear();
  std::string line;
  if (bytes > 0 && std::getline(input, line) && is_exported_event(line))
    return import_log(where, file, dry_run);
  input.clear();
  input.seekg(0);
  input.clear();
  auto store = dry_run ? stopped_store::rehearse(where, rules.decisions) : stopped_store::open(where, rules.decisions);
  if (!store)
    return fail(program, store.error());
  progress shown(program, dry_run ? "check" : "import", "bytes", static_cast<std::uint64_t>(bytes));
  importer into(*store, shown);
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    auto rows = parse_ingestion(line, ingestion_format::ndjson, 1);
    for (auto& row : *rows)
      if (!into.take(row, number))
        return fail(program, *into.failed());
    shown.add(line.size() + 1);
  }
  if (!into.finish())
    return fail(program, *into.failed());
  std::printf("%s\n", into.summary().c_str());
  return into.rejected() == 0 ? exit_done : exit_found_wrong;
}

int auto_categorize(const data_directory& where, const policies& rules, const std::string& user,
                    const std::string& at) {
  const auto when = at.empty() ? result<instant>(machine_clock{}.now()) : parse_rfc3339(at);
  if (!when)
    return fail(program, when.error());
  auto store = stopped_store::open(where, rules.decisions);
  if (!store)
    return fail(program, store.error());
  const auto who = store->accounts().find_user(user);
  if (!who)
    return fail(program, who.error());
  const auto done = store->run(*who, btpay::auto_categorize{}, *when);
  if (!done)
    return fail(program, done.error());
  std::printf("{\"categorized\":%zu}\n", done->categorized);
  return exit_done;
}

} // namespace btpay::replay
