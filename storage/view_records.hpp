#pragma once
/// What the views' environment holds, and its bytes: one byte of version, then the members as in an event's body.

#include "storage/body_archive.hpp"
#include "storage/view_store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace btpay {

inline constexpr std::uint8_t view_record_version = 1;

/// Kind and user are in the key.
template <class Body>
void members(Body& body, maybe_const<stored_view> auto& v) {
  body(v.at, v.time, v.good_until, v.code, v.data);
}

/// The number is the key.
template <class Body>
void members(Body& body, maybe_const<view_generation> auto& g) {
  body(g.epoch, g.at, g.time, g.kinds, g.user);
  for (auto& code : g.code)
    body(code);
  for (auto& at : g.everybody_at)
    body(at);
  body(g.parts, g.done);
}

/// The archives are reused: making one costs more than a view.
class view_encoder {
public:
  template <class Record>
  std::string_view encode(const Record& record) {
    body_.restart(0);
    body_(view_record_version);
    members(body_, record);
    return {body_.bytes().data(), body_.bytes().size()};
  }

private:
  body_writer body_;
};

class view_decoder {
public:
  /// Total: refuses with `corrupt_record` or `unsupported_version`.
  template <class Record>
  result<void> decode(std::string_view bytes, Record& into) {
    body_.read_from(bytes);
    try {
      std::uint8_t version = 0;
      body_(version);
      if (version != view_record_version)
        return refuse(errc::unsupported_version, "the views were written by a newer btpay: use that one, or remove "
                                                 "the directory of the views and rebuild them");
      members(body_, into);
      if (body_.remaining_bytes() == 0)
        return {};
    } catch (const bad_body&) {
    } catch (const cereal::Exception&) {
    }
    return refuse(errc::corrupt_record, "does not decode: `btpay-replay rebuild` makes it again");
  }

private:
  body_reader body_;
};

} // namespace btpay
