#pragma once
/// A page of a mapped file that the disk does not give (the file was cut off, or the disk fails) comes as SIGBUS, at
/// any instruction that reads it. There is nothing to go on with, so it is told and the process ends.

namespace btpay {

/// From now on for the whole process, unless somebody else handles the signal. Any thread; more than once does no harm.
void end_at_lost_pages() noexcept;

} // namespace btpay
