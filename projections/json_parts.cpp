#include "projections/json_parts.hpp"

#include <cassert>
#include <cstddef>

namespace btpay {

namespace {

/// Where the text that begins at the quote `at` ends.
std::size_t end_of_text(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\')
      ++at;
  return at + 1;
}

/// Where the value that begins at `at` ends.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  for (std::size_t depth = 0; at < json.size();) {
    switch (json[at]) {
    case '"':
      at = end_of_text(json, at);
      continue;
    case '{':
    case '[':
      ++depth;
      break;
    case '}':
    case ']':
      if (depth == 0)
        return at;
      --depth;
      break;
    case ',':
      if (depth == 0)
        return at;
      break;
    default:
      break;
    }
    ++at;
  }
  return at;
}

} // namespace

std::vector<json_member> members_of(std::string_view json) {
  assert(json.size() >= 2 && json.front() == '{');
  std::vector<json_member> members;
  for (std::size_t at = 1; at + 1 < json.size();) {
    const auto colon = end_of_text(json, at);
    const auto end = end_of_value(json, colon + 1);
    members.push_back({json.substr(at, colon - at), json.substr(colon + 1, end - colon - 1)});
    at = end + 1;
  }
  return members;
}

std::vector<std::string_view> elements_of(std::string_view json) {
  assert(json.size() >= 2 && json.front() == '[');
  std::vector<std::string_view> elements;
  for (std::size_t at = 1; at + 1 < json.size();) {
    const auto end = end_of_value(json, at);
    elements.push_back(json.substr(at, end - at));
    at = end + 1;
  }
  return elements;
}

} // namespace btpay
