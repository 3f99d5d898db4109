#pragma once
/// Events as lines of JSON and back, without loss: what `btpay-replay export` prints and `import` takes. The form is
/// written down in docs/LOG_FORMAT.md, "As lines of JSON".

#include "domain/errc.hpp"
#include "domain/event.hpp"

#include <string>
#include <string_view>

namespace btpay {

/// One line without its end. Two events have the same line only where nothing but `previous` differs.
std::string to_json_line(const recorded_event& e);

/// Total: any text gives the event, with `previous` left at the start, or what is wrong with it. A member that is not
/// known is refused: it would be lost.
result<recorded_event> read_json_line(std::string_view line);

} // namespace btpay
