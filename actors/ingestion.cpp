#include "actors/ingestion.hpp"

#include "actors/row_builder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace btpay {

namespace {

refusal too_many_rows(std::size_t rows_max) {
  return {errc::too_long, "more than " + std::to_string(rows_max) + " rows: send several requests"};
}

/// Splits a document into rows while it is being parsed: no tree is built, and numbers keep their text.
class row_reader : public nlohmann::json_sax<nlohmann::json> {
public:
  row_reader(std::vector<ingestion_row>& rows, std::size_t rows_max) : rows_(rows), rows_max_(rows_max) {}

  refusal why{errc::malformed, {}}; ///< what stopped the parser

  bool null() override {
    row_.null();
    return value();
  }
  bool boolean(bool b) override {
    row_.boolean(b);
    return value();
  }
  bool number_integer(number_integer_t n) override { return number(std::to_string(n)); }
  bool number_unsigned(number_unsigned_t n) override { return number(std::to_string(n)); }
  bool number_float(number_float_t, const string_t& text) override { return number(text); }
  bool binary(binary_t&) override { return value(); }
  bool string(string_t& text) override {
    row_.string(std::move(text));
    return value();
  }

  bool start_object(std::size_t) override {
    if (depth_ >= depth_max)
      return too_deep();
    switch (where_) {
    case place::outside:
    case place::list:
      outer_ = where_;
      where_ = place::row;
      row_.begin();
      row_depth_ = depth_;
      break;
    case place::row:
      if (depth_ == row_depth_ + 1)
        row_.start_object();
      else
        row_.other();
      break;
    }
    ++depth_;
    return true;
  }

  bool end_object() override {
    --depth_;
    if (where_ != place::row)
      return true;
    if (depth_ == row_depth_) {
      where_ = outer_;
      if (enclosing_ && outer_ == place::outside) {
        enclosing_ = false;
        return true;
      }
      return add_row();
    }
    if (depth_ == row_depth_ + 1)
      row_.end_object();
    return true;
  }

  bool start_array(std::size_t) override {
    if (depth_ >= depth_max)
      return too_deep();
    if (where_ == place::outside) {
      where_ = place::list;
      list_depth_ = depth_;
    } else if (where_ == place::row && outer_ == place::outside && depth_ == row_depth_ + 1 &&
               row_.awaits_transactions()) {
      // The object is no row but the envelope of a list.
      enclosing_ = true;
      where_ = place::list;
      list_depth_ = depth_;
    } else if (where_ == place::row) {
      row_.other();
    }
    ++depth_;
    return true;
  }

  bool end_array() override {
    --depth_;
    if (where_ == place::list && depth_ == list_depth_) {
      if (enclosing_) {
        where_ = place::row;
        outer_ = place::outside;
        row_depth_ = depth_ - 1;
        row_.begin();
      } else {
        where_ = place::outside;
      }
    }
    return true;
  }

  bool key(string_t& name) override {
    if (where_ == place::row && depth_ <= row_depth_ + 2)
      row_.key(name, depth_ - row_depth_);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    why = {errc::malformed, "not JSON at byte " + std::to_string(position)};
    return false;
  }

private:
  enum class place { outside, list, row };
  static constexpr std::size_t depth_max = 16;

  bool number(const std::string& text) {
    row_.number(text);
    return value();
  }

  /// A value that stands where a row is expected is a wrong row.
  bool value() {
    if (where_ == place::row)
      return true;
    return add(ingestion_row{{}, refusal{errc::wrong_type, "a row is an object"}});
  }

  bool too_deep() {
    why = {errc::malformed, "nested deeper than " + std::to_string(depth_max) + " levels"};
    return false;
  }

  bool add_row() { return add(row_.finish()); }

  bool add(ingestion_row row) {
    if (rows_.size() >= rows_max_) {
      why = too_many_rows(rows_max_);
      return false;
    }
    rows_.push_back(std::move(row));
    return true;
  }

  std::vector<ingestion_row>& rows_;
  std::size_t rows_max_;
  row_builder row_;
  place where_ = place::outside;
  place outer_ = place::outside; ///< where the row at hand stands
  bool enclosing_ = false;       ///< inside the list of an envelope, or at its end
  std::size_t depth_ = 0;
  std::size_t row_depth_ = 0;
  std::size_t list_depth_ = 0;
};

} // namespace

result<std::vector<ingestion_row>> parse_ingestion(std::string_view body, ingestion_format format,
                                                   std::size_t rows_max) {
  std::vector<ingestion_row> rows;
  if (format == ingestion_format::json) {
    row_reader reader(rows, rows_max);
    if (!nlohmann::json::sax_parse(body, &reader))
      return tl::unexpected(reader.why);
    return rows;
  }
  while (!body.empty()) {
    const auto line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    const auto before = rows.size();
    row_reader reader(rows, rows_max);
    if (nlohmann::json::sax_parse(line, &reader) && rows.size() == before + 1)
      continue;
    if (reader.why.code == errc::too_long)
      return tl::unexpected(reader.why);
    rows.resize(before);
    if (rows.size() >= rows_max) // a line that is no row counts as one
      return tl::unexpected(too_many_rows(rows_max));
    rows.push_back({{}, reader.why.message.empty() ? refusal{errc::wrong_type, "a line is one row"} : reader.why});
  }
  return rows;
}

} // namespace btpay
