#pragma once
/// Memory for the folds of many users at once.

#include <cstddef>
#include <memory_resource>

namespace btpay {

/// Takes memory from the system in pages of 2 MiB where it has them: touching a small page for the first time costs as
/// much as folding some events. Any thread.
class huge_pages final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// What is given back is used again; the system has it back at the end. One thread.
class fold_memory {
public:
  std::pmr::memory_resource* resource() noexcept { return &reused_; }

private:
  static constexpr std::size_t first_bytes = std::size_t{2} << 20U;

  huge_pages pages_;
  std::pmr::monotonic_buffer_resource taken_{first_bytes, &pages_};
  std::pmr::unsynchronized_pool_resource reused_{&taken_};
};

} // namespace btpay
