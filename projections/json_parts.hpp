#pragma once
/// Takes compact JSON apart without reading it: where its members and elements begin and end.

#include <string_view>
#include <vector>

namespace btpay {

/// One member of an object, as its bytes: the name with its quotes and escapes.
struct json_member {
  std::string_view name;
  std::string_view value;
};

/// The parts refer to `json`, which must be what a `json_writer` wrote: valid, without white space, and of that kind.
std::vector<json_member> members_of(std::string_view json);
std::vector<std::string_view> elements_of(std::string_view json);

} // namespace btpay
