#include "tests/projections/delta_fold.hpp"

namespace btpay::testing {

namespace {

using nlohmann::json;

void fold_list(json& list, const json& delta) {
  if (delta.contains("removed"))
    for (const auto& index : delta.at("removed"))
      list.erase(index.get<std::size_t>());
  if (delta.contains("added"))
    for (const auto& entry : delta.at("added"))
      list.insert(list.begin() + entry.at(0).get<std::ptrdiff_t>(), entry.at(1));
}

void fold_object(json& object, const json& delta) {
  if (delta.contains("set"))
    for (const auto& [name, value] : delta.at("set").items())
      object[name] = value;
  if (delta.contains("unset"))
    for (const auto& name : delta.at("unset"))
      object.erase(name.get<std::string>());
  if (delta.contains("lists"))
    for (const auto& [name, value] : delta.at("lists").items())
      fold_list(object.at(name), value);
}

void fold_cells(json& cells, const json& delta) {
  for (auto shift = delta.value("shift", 0); shift > 0; --shift)
    cells.erase(0);
  if (delta.contains("cells"))
    for (const auto& entry : delta.at("cells")) {
      const auto index = entry.at(0).get<std::size_t>();
      if (index == cells.size())
        cells.push_back(entry.at(1));
      else
        cells.at(index) = entry.at(1);
    }
}

} // namespace

void fold_delta(view_kind view, json& data, const json& delta) {
  switch (view) {
  case view_kind::dashboard:
  case view_kind::categories:
    return fold_object(data, delta);
  case view_kind::pending:
    return fold_list(data, delta);
  case view_kind::hourly:
    return fold_cells(data, delta);
  }
}

} // namespace btpay::testing
