#pragma once
/// The event log as a vector: the reference that the LMDB one is compared with, and what actor tests run on.

#include "storage/event_log.hpp"

#include <memory>

namespace btpay {

std::unique_ptr<event_log> make_memory_event_log();

} // namespace btpay
