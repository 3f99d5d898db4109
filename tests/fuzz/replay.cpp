/// A driver for fuzzers where libFuzzer is not: every file of the corpus, then mutations of them, from a seed. Not
/// guided by coverage, but it runs under any compiler and sanitizer, in every build.
///
///   PROGRAM CORPUS [MUTATIONS]

#include "tests/fuzz/fuzz.hpp"
#include "tests/support/seed.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

std::vector<std::string> read_corpus(const std::filesystem::path& dir) {
  std::vector<std::string> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void run(const std::string& input) {
  // A copy of its own size, so that a sanitizer sees one byte too many.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  auto input = corpus[random() % corpus.size()];
  for (auto n = random() % 4 + 1; n > 0; --n) {
    const auto at = random() % (input.size() + 1);
    switch (random() % 5) {
    case 0:
      input.insert(at, 1, static_cast<char>(random()));
      break;
    case 1:
      input.erase(at, random() % 8);
      break;
    case 2:
      if (at < input.size())
        input[at] = static_cast<char>(input[at] ^ (1 << random() % 8));
      break;
    case 3:
      input.insert(at, input.substr(random() % (input.size() + 1), random() % 16));
      break;
    default: {
      const auto& other = corpus[random() % corpus.size()];
      input = input.substr(0, at) + other.substr(random() % (other.size() + 1));
    }
    }
  }
  return input;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty())
    return 2;
  const auto seed = btpay::testing::seed();
  const unsigned long mutations = argc > 2 ? std::stoul(argv[2]) : 20'000;
  std::printf("SEED=%llu, %zu inputs, %lu mutations\n", static_cast<unsigned long long>(seed), corpus.size(),
              mutations);
  std::fflush(stdout); // before an abort
  for (const auto& input : corpus)
    run(input);
  std::mt19937_64 random(seed);
  for (unsigned long i = 0; i < mutations; ++i)
    run(mutated(corpus, random));
  return 0;
}
