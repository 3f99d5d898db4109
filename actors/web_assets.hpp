#pragma once
/// The pages and what they load, read once when the service starts.

#include "actors/interfaces.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace btpay {

/// Immutable. Any thread.
class web_assets {
public:
  /// Reads every file of the directories whose kind is known by its ending, and each file that is named by itself.
  /// Fails with a message that names what cannot be read, or a name that is there twice.
  static result<web_assets> load(const std::vector<std::filesystem::path>& places);

  /// The answer that serves `name`, such as "dashboard.js": 200, 304 where the client has it, or 404. With another
  /// `status` it is sent whatever the client has.
  http_response serve(std::string_view name, const http_request& request, unsigned status = 200) const;

private:
  result<void> load_from(const std::filesystem::path& directory);
  result<void> load_file(const std::filesystem::path& file);

  struct asset {
    std::string content_type;
    std::string etag; ///< quoted, of the content
    shared_bytes bytes;
    shared_bytes small; ///< gzipped; null where that is not smaller
  };
  std::map<std::string, asset, std::less<>> assets_;
};

} // namespace btpay
