// SPDX-License-Identifier: MIT
// Every format when an allocation, a read or a write fails: the k-th one, for every k. The failure
// comes out as an exception, and nothing else does; a log that is written or read without one is
// complete.

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <optional>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/sample.h"

using namespace can;

namespace {

constexpr std::size_t kMessages = 6;
constexpr long kOff = -1;

std::atomic<long> allocations_left = kOff;  // before the one that fails

/// While it exists, allocation `k` of all threads fails, from 0.
class FailingMemory {
 public:
  explicit FailingMemory(long k) { allocations_left = k; }
  ~FailingMemory() { allocations_left = kOff; }
  static bool has_failed() { return allocations_left == kOff; }
};

class FailingSink final : public Sink {
 public:
  FailingSink(std::string& bytes, std::size_t calls, bool& failed)
      : bytes_(bytes), left_(calls), failed_(failed) {}
  void write(std::string_view bytes) override {
    count();
    bytes_ += bytes;
  }
  bool patch(std::uint64_t offset, std::string_view bytes) override {
    count();
    bytes_.replace(static_cast<std::size_t>(offset), bytes.size(), bytes);
    return true;
  }
  void flush() override { count(); }
  void close() override { count(); }
  std::string_view name() const override { return "failing"; }

 private:
  void count() {
    if (left_ == 0) {
      failed_ = true;
      fail(Errc::io, "failing: no space left on device");
    }
    --left_;
  }

  std::string& bytes_;
  std::size_t left_;
  bool& failed_;
};

/// Gives a few bytes at a time.
class FailingSource final : public Source {
 public:
  FailingSource(std::string bytes, std::size_t calls) : bytes_(std::move(bytes)), left_(calls) {}
  std::string_view name() const override { return "failing"; }

 protected:
  std::size_t read_on(std::span<char> out) override {
    if (left_ == 0) fail(Errc::io, "failing: input/output error");
    --left_;
    const std::size_t size = std::min({out.size(), bytes_.size() - at_, std::size_t{100}});
    std::copy_n(bytes_.data() + at_, size, out.data());
    at_ += size;
    return size;
  }

 private:
  const std::string bytes_;
  std::size_t at_ = 0, left_;
};

void write_log(const Format& format, std::span<const Message> messages,
               std::unique_ptr<Sink> sink) {
  auto writer = format.create(std::move(sink), {.threads = 1});
  writer->write(messages);
  writer->flush();
  writer->write(messages);
  writer->close();
}

std::size_t count_messages(const Format& format, std::unique_ptr<Source> source) {
  auto reader = format.open(std::move(source), {.zone = {.local = false}, .threads = 1});
  std::size_t total = 0;
  for (Message some[4]; const std::size_t count = reader->read(some);) total += count;
  return total;
}

std::vector<Message> few(const Format& format) {
  auto messages = sample(format.keeps);
  messages.resize(kMessages);
  return messages;
}

std::string complete_log(const Format& format) {
  std::string bytes;
  write_log(format, few(format), memory_sink(bytes));
  return bytes;
}

/// Fails allocation after allocation of `use`, which returns whether its result is complete.
template <class Use>
void fail_each_allocation(Use use) {
  for (long k = 0;; ++k) {
    std::optional<bool> complete;  // none: an exception
    bool failed = false;
    {
      const FailingMemory memory(k);
      try {
        complete = use();
      } catch (const std::bad_alloc&) {
      } catch (const Error&) {
      }
      failed = FailingMemory::has_failed();
    }
    if (!complete.value_or(true)) FAIL("incomplete without an error, allocation " << k);
    if (!failed) return;
  }
}

template <class Use>
void for_each_format(bool reads, Use use) {
  for (const Format* format : all_formats()) {
    if (!format->create || (reads && !format->open)) continue;
    DYNAMIC_SECTION(format->name) { use(*format); }
  }
}

}  // namespace

// All forms, as those of a sanitizer would not fit to the others.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (allocations_left.load(std::memory_order_relaxed) >= 0 && allocations_left-- == 0)
    return nullptr;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size) {
  if (void* const memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

TEST_CASE("a writer that gets no memory throws, or its log is complete", "[faults]") {
  for_each_format(false, [](const Format& format) {
    const auto messages = few(format);
    const std::size_t size = complete_log(format).size();
    fail_each_allocation([&] {
      std::string bytes;
      write_log(format, messages, memory_sink(bytes));
      return bytes.size() == size;
    });
  });
}

TEST_CASE("a reader that gets no memory throws, or gives all messages", "[faults]") {
  for_each_format(true, [](const Format& format) {
    const std::string bytes = complete_log(format);
    fail_each_allocation(
        [&] { return count_messages(format, memory_source(bytes)) == 2 * kMessages; });
  });
}

TEST_CASE("a writer reports each call of its sink that fails", "[faults]") {
  for_each_format(false, [](const Format& format) {
    const auto messages = few(format);
    for (std::size_t calls = 0;; ++calls) {
      std::string bytes;
      bool failed = false;
      try {
        write_log(format, messages, std::make_unique<FailingSink>(bytes, calls, failed));
        CHECK_FALSE(failed);
        CHECK(bytes.size() == complete_log(format).size());
        break;
      } catch (const Error& error) {
        CHECK(error.code() == Errc::io);
      }
    }
  });
}

TEST_CASE("a reader reports each call of its source that fails", "[faults]") {
  for_each_format(true, [](const Format& format) {
    const std::string bytes = complete_log(format);
    std::size_t reported = 0;
    for (std::size_t calls = 0;; ++calls) {
      try {
        const auto count = count_messages(format, std::make_unique<FailingSource>(bytes, calls));
        CHECK(count == 2 * kMessages);
        break;
      } catch (const Error& error) {
        CHECK(error.code() == Errc::io);
        ++reported;
      }
    }
    CHECK(reported > bytes.size() / 100);
  });
}
