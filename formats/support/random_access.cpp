// SPDX-License-Identifier: MIT
#include "formats/support/random_access.h"

#include <vector>

#include "libcan/platform/temporary_file.h"

namespace can {
namespace {

class OfSource final : public RandomAccess {
 public:
  OfSource(std::unique_ptr<Source> source, RandomAccess& bytes)
      : source_(std::move(source)), bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<char> out) override {
    return bytes_.read_at(offset, out);
  }

 private:
  const std::unique_ptr<Source> source_;
  RandomAccess& bytes_;  // another face of source_
};

class Spooled final : public RandomAccess {
 public:
  explicit Spooled(Source& source) {
    std::vector<char> some(256 * 1024);
    while (const std::size_t count = source.read(some)) {
      file_.write({some.data(), count});
      size_ += count;
    }
    file_.rewind();
  }
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, std::span<char> out) override {
    return file_.read_at(offset, out);
  }

 private:
  TemporaryFile file_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<RandomAccess> random_access(std::unique_ptr<Source> source) {
  if (auto* bytes = dynamic_cast<RandomAccess*>(source.get()))
    return std::make_unique<OfSource>(std::move(source), *bytes);
  return std::make_unique<Spooled>(*source);
}

}  // namespace can
