// SPDX-License-Identifier: MIT
// What create_log() promises of every format: doc/files.md.

#include <catch2/catch.hpp>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

std::vector<Message> numbered(std::size_t count) {
  std::vector<Message> all(count);
  for (std::size_t i = 0; i < count; ++i)
    all[i] = {.timestamp = std::chrono::milliseconds(1'700'000'000'000 + static_cast<long>(i)),
              .id = static_cast<std::uint32_t>(i % 2048),
              .length = 8};
  return all;
}

std::size_t count_in(const std::string& path, const Format& format) {
  const auto log = open_log(path, {}, &format);
  std::vector<Message> batch(1000);
  std::size_t count = 0;
  while (const std::size_t n = log->read(batch)) count += n;
  return count;
}

template <class Use>
void for_each_format(Use use) {
  for (const Format* format : all_formats())
    if (format->open && format->create) {
      DYNAMIC_SECTION(format->name) {
        const TemporaryFolder folder;
        use(*format, folder.path() + "/log");
      }
    }
}

}  // namespace

TEST_CASE("a log that goes out of scope is complete in every format", "[closing]") {
  for_each_format([](const Format& format, const std::string& path) {
    for (const std::size_t count : {1u, 100u, 10'000u}) {
      create_log(path, {}, &format)->write(numbered(count));
      CHECK(count_in(path, format) == count);
    }
  });
}

TEST_CASE("a log that is closed stays closed in every format", "[closing]") {
  for_each_format([](const Format& format, const std::string& path) {
    const auto log = create_log(path, {}, &format);
    log->write(numbered(10));
    log->close();
    CHECK_NOTHROW(log->close());
    CHECK_NOTHROW(log->flush());
    CHECK_THROWS_WITH(log->write(numbered(1)), path + ": is closed, nothing can be written to it");
    CHECK_THROWS_WITH(log->event("too late"), Catch::Contains("is closed"));
    CHECK(count_in(path, format) == 10);
  });
}
