// SPDX-License-Identifier: MIT
// Runs a fuzz target without libFuzzer, in any build: the seeds, then changed ones, the same ones
// each time.
//
//   formats_smoke RUNS SECONDS FOLDER...
//
// Ends after RUNS changed inputs or SECONDS, whichever comes first. An input that crashes the
// target, or takes ten seconds, is left in crash-formats_smoke.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxSize = 8192;  // bytes of an input
constexpr unsigned kMaxSeconds = 10;    // of one input

std::string input;       // of this run
std::string crash_path;  // where a crash leaves it

void leave_input(int number) {
  const int file = ::open(crash_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  (void)!::write(file, input.data(), input.size());
  ::signal(number, SIG_DFL);
  ::raise(number);
}

void run(std::string bytes) {
  input = std::move(bytes);
  ::alarm(kMaxSeconds);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  ::alarm(0);
}

std::vector<std::string> read_seeds(int count, char** folders) {
  std::vector<std::string> paths, seeds;
  for (int i = 0; i < count; ++i)
    for (const auto& each : std::filesystem::recursive_directory_iterator(folders[i]))
      if (each.is_regular_file()) paths.push_back(each.path());
  std::ranges::sort(paths);  // the same order on every machine
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// Makes other inputs of seeds.
class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string next() {
    std::string bytes = seeds_[below(seeds_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(bytes);
    bytes.resize(std::min(bytes.size(), kMaxSize));
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(std::string& bytes) {
    const std::size_t at = below(bytes.size()),
                      length = below(std::min<std::size_t>(bytes.size() - at, 64));
    switch (below(7)) {
      case 0:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(8));
        break;
      case 1:
        put_number(bytes, at);
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, 1 + below(8), static_cast<char>(random_()));
        break;
      case 5:
        bytes.resize(at);
        break;
      default:
        splice(bytes, at);
    }
  }

  /// A number of 1 to 8 bytes that a count or a length may have wrong, in either order of bytes.
  void put_number(std::string& bytes, std::size_t at) {
    constexpr std::array<std::uint64_t, 10> kNumbers = {
        0, 1, 7, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF};
    std::uint64_t number = kNumbers[below(kNumbers.size())] + below(3) - 1;
    std::string field;
    for (std::size_t size = std::size_t{1} << below(4); size > 0; --size, number >>= 8)
      field += static_cast<char>(number);
    if (below(2) == 0) std::ranges::reverse(field);
    bytes.replace(at, std::min(field.size(), bytes.size() - at), field);
  }

  void splice(std::string& bytes, std::size_t at) {
    const std::string& other = seeds_[below(seeds_.size())];
    bytes.replace(at, bytes.npos, other, below(other.size()), std::string::npos);
  }

  const std::vector<std::string> seeds_;
  std::mt19937_64 random_{20'260'701};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  crash_path = "crash-" + std::filesystem::path(argv[0]).filename().string();
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    ::signal(number, leave_input);
  const auto seeds = read_seeds(argc - 3, argv + 3);
  if (seeds.empty()) return 2;
  const long runs = std::atol(argv[1]);
  const auto end = Clock::now() + std::chrono::seconds(std::atol(argv[2]));
  for (const std::string& seed : seeds) run(seed);
  Mutator mutator(seeds);
  long done = 0;
  for (; done < runs && Clock::now() < end; ++done) run(mutator.next());
  std::printf("%zu seeds, %ld changed\n", seeds.size(), done);
  return 0;
}
