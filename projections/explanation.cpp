#include "projections/explanation.hpp"

#include "projections/amounts.hpp"
#include "projections/explained_field.hpp"
#include "projections/json_writer.hpp"
#include "projections/tally.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace btpay {

namespace {

/// Walks over the rows once, newest first: sums all, and writes those of the page that is asked for.
class explained_walk {
public:
  explained_walk(const book& all, const view_policy& policy, const explain_selection& asked)
      : all_(all), policy_(policy), asked_(asked), json_(listed_), merchants_met_(all.rows().names()) {
    if (const auto last_seen = all.rows().find(asked.after))
      after_ = std::pair(all.rows().at(*last_seen).date, *last_seen);
  }

  void over(const explained_rows& rows) {
    json_.begin_array();
    std::size_t place = 0;
    all_.rows().visit_back(rows.within, [&](slot s) {
      const auto& r = all_.rows().at(s);
      if (!rows.holds(r))
        return true;
      if (rows.only && place++ != *rows.only)
        return true;
      add(s, r);
      return !rows.only;
    });
    json_.end_array();
  }

  const tally& total() const noexcept { return total_; }
  std::size_t merchants() const noexcept { return merchants_; }

  void write_page(json_writer& json) const {
    json.key("transactions").whole(listed_);
    json.key("next");
    if (has_more_ && count_ != 0)
      json.number(raw(last_));
    else
      json.text_or_null({});
  }

private:
  void add(slot s, const row& r) {
    const auto amount = measured(r, measure_of(policy_));
    total_.add(r, amount);
    if (const auto merchant = static_cast<std::size_t>(merchant_group(r)); !merchants_met_[merchant]) {
      merchants_met_[merchant] = true;
      ++merchants_;
    }
    if (has_more_ || (after_ && !(r.date < after_->first || (r.date == after_->first && s > after_->second))))
      return;
    has_more_ = count_ >= asked_.limit || listed_.size() >= explained_bytes_max;
    if (has_more_)
      return;
    write_row(s, r, amount);
    last_ = all_.rows().id(s);
    ++count_;
  }

  void write_row(slot s, const row& r, wide amount) {
    const auto& rows = all_.rows();
    json_.begin_object();
    json_.key("id").number(raw(rows.id(s)));
    json_.key("date").date(r.date);
    json_.key("merchant").text(rows.name(r.merchant));
    json_.key("amount").decimal(amount, r.unit.exponent());
    json_.key("currency").text(r.unit.code());
    json_.key("category").text_or_null(rows.name(category_of(r)));
    json_.key("description").text(rows.description(s));
    json_.end_object();
  }

  const book& all_;
  const view_policy& policy_;
  const explain_selection& asked_;
  std::optional<std::pair<instant, slot>> after_;
  std::string listed_;
  json_writer json_;
  tally total_;
  std::vector<bool> merchants_met_; ///< by `name_id`: of a long history there may be as many as rows
  std::size_t merchants_ = 0;
  std::size_t count_ = 0;
  bool has_more_ = false;
  transaction_id last_{};
};

} // namespace

result<std::string> explain(const book& all, const view_policy& policy, const explain_selection& asked, instant now) {
  const auto rows = rows_behind(all, policy, asked.view, asked.field, now);
  if (!rows)
    return tl::unexpected(rows.error());
  explained_walk walk(all, policy, asked);
  walk.over(*rows);
  const auto sums = walk.total().sums();
  // A view has no member for another currency in which nothing was spent, nor one beyond the end of a list.
  const bool of_others = rows->unit && *rows->unit != all.owner().home();
  if ((of_others || rows->only) && walk.total().empty())
    return tl::unexpected(no_such_field(all, policy, asked.view, asked.field, now));

  std::string out;
  json_writer json(out);
  const auto unit = rows->only ? sums.front().unit : rows->unit;
  if (rows->what == figure::count)
    json.key("value").number(walk.total().count());
  else if (rows->what == figure::merchants)
    json.key("value").number(walk.merchants());
  else if (unit)
    json.key("value").decimal(sum_in(*unit, sums), unit->exponent());
  else
    amounts(policy, all.owner()).write(json, sums, "value");
  if (rows->what == figure::amount && unit && !policy.moneymanager)
    json.key("currency").text(unit->code());
  json.key("count").number(walk.total().count());
  json.key("amounts").begin_object();
  for (const auto& each : sums)
    if (each.count != 0)
      json.key(each.unit.code()).decimal(each.sum, each.unit.exponent());
  json.end_object();
  walk.write_page(json);
  return out;
}

} // namespace btpay
