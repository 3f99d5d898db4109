#pragma once
/// How much address space an LMDB environment reserves; the file itself grows with its content.

#include <cstddef>

#if defined(__SANITIZE_THREAD__)
#define BTPAY_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BTPAY_THREAD_SANITIZER 1
#endif
#endif

namespace btpay {

/// In bytes. A map is never resized, because old pointers of a live reader would crash: so it is larger than any disk.
#if defined(BTPAY_THREAD_SANITIZER)
inline constexpr std::size_t default_map_bytes = std::size_t{1} << 32; // the sanitizer leaves no more in one piece
#else
inline constexpr std::size_t default_map_bytes = std::size_t{1} << 40;
#endif

} // namespace btpay
