#pragma once
/// A classifier for whoever folds many events: what other rules said of a text is not worked out again. Merchants come
/// again and again, and each of a user's views asks about the same transaction.

#include "domain/classifier.hpp"

namespace btpay {

/// Gives what `rules` gives. Unlike other classifiers it is for one thread at a time, which each owner makes its own
/// for. Remembers the last texts of 1,024 hashes: about 300 bytes each.
classifier_ptr remembering(classifier_ptr rules);

} // namespace btpay
