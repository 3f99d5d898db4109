#pragma once
/// Vectors that grow by a quarter. Most users have some hundred rows, in each of four views; doubling would leave as
/// much memory again unused. Appending stays constant on average.

#include <cstddef>
#include <vector>

namespace btpay {

/// Makes room for `more` elements.
template <class T>
void reserve_tightly(std::vector<T>& v, std::size_t more = 1) {
  if (v.capacity() - v.size() < more)
    v.reserve(v.size() + more + v.size() / 4 + 7);
}

template <class T>
void append_tightly(std::vector<T>& v, const T& value) {
  reserve_tightly(v);
  v.push_back(value);
}

} // namespace btpay
