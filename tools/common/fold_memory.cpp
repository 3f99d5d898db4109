#include "tools/common/fold_memory.hpp"

#include <cassert>
#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace btpay {

namespace {

constexpr std::size_t page_bytes = std::size_t{2} << 20U;

std::size_t whole_pages(std::size_t bytes) noexcept { return (bytes + page_bytes - 1) / page_bytes * page_bytes; }

} // namespace

void* huge_pages::do_allocate(std::size_t bytes, [[maybe_unused]] std::size_t alignment) {
  assert(alignment <= page_bytes);
  const auto wanted = whole_pages(bytes);
  void* const taken = ::mmap(nullptr, wanted + page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (taken == MAP_FAILED)
    throw std::bad_alloc{};
  auto* const begin = static_cast<std::byte*>(taken);
  const auto before = (page_bytes - reinterpret_cast<std::uintptr_t>(taken) % page_bytes) % page_bytes;
  if (before != 0)
    ::munmap(begin, before);
  if (before != page_bytes)
    ::munmap(begin + before + wanted, page_bytes - before);
  ::madvise(begin + before, wanted, MADV_HUGEPAGE); // a kernel without them gives small ones
  return begin + before;
}

void huge_pages::do_deallocate(void* at, std::size_t bytes, std::size_t) { ::munmap(at, whole_pages(bytes)); }

} // namespace btpay
