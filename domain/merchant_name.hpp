#pragma once
/// The name of the merchant in what a bank prints for a card payment.

#include <string>
#include <string_view>

namespace btpay {

/// Of the text beside a BT Pay marker: without separators at its ends, up to the first comma, without times, dates and
/// card numbers, white space squeezed. Empty where nothing is left. Any bytes are fine.
std::string merchant_name(std::string_view text);

} // namespace btpay
