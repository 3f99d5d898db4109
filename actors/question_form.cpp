#include "actors/question_form.hpp"

#include "actors/member_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace btpay {

namespace {

constexpr std::size_t view_bytes_max = 32;
constexpr std::size_t field_bytes_max = 512; ///< a merchant's name and what stands around it
constexpr std::size_t moment_bytes_max = 64;

constexpr const char* view_names = " may be dashboard, pending, hourly or categories";

view_kind read_view(member_reader& members) {
  const auto view = parse_view_kind(members.text("view", view_bytes_max));
  if (!view)
    members.fail(errc::invalid_value, members.quoted("view") + view_names);
  return view.value_or(view_kind{});
}

std::optional<instant> read_instant(member_reader& members, const char* name) {
  if (!members.find(name))
    return std::nullopt;
  const auto read = parse_rfc3339(members.text(name, moment_bytes_max));
  if (!read)
    members.fail(read.error().code, members.quoted(name) + ": " + read.error().message);
  return read.value_or(instant{});
}

/// Both clocks, the position, and what becomes of later dates.
void read_moment(member_reader& members, past_query& asked) {
  asked.at = read_instant(members, "at");
  asked.known_at = read_instant(members, "known_at");
  if (const auto* later = members.find("later")) {
    if (later->is_boolean())
      asked.later = later->get<bool>();
    else
      members.fail(errc::wrong_type, members.quoted("later") + " must be true or false");
  }
  if (const auto* seq = members.find("seq")) {
    if (seq->is_number_unsigned())
      asked.last = position{seq->get<std::uint64_t>()};
    else
      members.fail(errc::wrong_type, members.quoted("seq") + " must be a position: a whole number from 0");
  }
}

std::size_t read_limit(member_reader& members, std::size_t otherwise) {
  const auto* limit = members.find("limit");
  if (!limit)
    return otherwise;
  if (!limit->is_number_unsigned())
    members.fail(errc::wrong_type, members.quoted("limit") + " must be a whole number");
  else if (limit->get<std::uint64_t>() > explained_rows_max)
    members.fail(errc::invalid_value, members.quoted("limit") + " is at most " + std::to_string(explained_rows_max));
  else
    return limit->get<std::size_t>();
  return otherwise;
}

std::string read_field(member_reader& members) {
  if (const auto* field = members.find("field"); field && field->is_number_unsigned())
    return field->dump();
  return members.text("field", field_bytes_max);
}

past_query::views read_views(member_reader& members) {
  past_query::views wanted{};
  const auto* named = members.find("views");
  if (!named) {
    wanted.fill(true);
    return wanted;
  }
  if (!named->is_array() || named->empty())
    members.fail(errc::wrong_type, R"("views" must be a list such as ["dashboard","pending"])");
  else
    for (const auto& name : *named) {
      const auto view = name.is_string() ? parse_view_kind(name.get_ref<const std::string&>()) : std::nullopt;
      if (view)
        wanted[static_cast<std::size_t>(*view)] = true;
      else
        members.fail(errc::invalid_value, std::string(R"("views")") + view_names);
    }
  return wanted;
}

result<client_command> finished(const member_reader& members, past_question&& asked) {
  if (members.wrong())
    return tl::unexpected(*members.wrong());
  return std::move(asked);
}

} // namespace

result<client_command> read_explain(const nlohmann::json& document) {
  member_reader members(document);
  past_question read;
  explain_selection wanted;
  wanted.view = read_view(members);
  wanted.field = read_field(members);
  wanted.limit = read_limit(members, wanted.limit);
  if (members.find("after"))
    wanted.after = transaction_id{members.id("after")};
  read_moment(members, read.query);
  read.query.what = std::move(wanted);
  return finished(members, std::move(read));
}

result<client_command> read_as_of(const nlohmann::json& document) {
  member_reader members(document);
  past_question read;
  if (members.find("view")) {
    read.only = read_view(members);
    past_query::views wanted{};
    wanted[static_cast<std::size_t>(*read.only)] = true;
    read.query.what = wanted;
  } else {
    read.query.what = read_views(members);
  }
  read_moment(members, read.query);
  if (!read.query.at)
    members.fail(errc::missing_field, R"("at" is missing: the moment, such as "2026-02-04T14:35:27Z")");
  return finished(members, std::move(read));
}

} // namespace btpay
