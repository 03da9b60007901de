// SPDX-License-Identifier: MIT
// What LogOptions say about a log that is written.
#include <catch2/catch.hpp>

#include "formats/registry/registry.h"

using namespace can;

namespace {

std::string written(const Format& format, const LogOptions& options, std::size_t count) {
  std::string bytes;
  auto log = format.create(memory_sink(bytes), options);
  const std::vector<Message> messages(count, {.id = 0x123, .length = 8});
  log->write(messages);
  log->close();
  return bytes;
}

std::size_t containers_in(const std::string& blf) {
  std::size_t count = 0;
  const std::string_view start("LOBJ\x10\0\1\0", 8);
  for (std::size_t at = 0; (at = blf.find(start, at)) != blf.npos; ++at) ++count;
  return count;
}

}  // namespace

TEST_CASE("messages without a channel get the number that the options say", "[formats]") {
  LogOptions options;
  options.channel = 3;
  for (const std::string name : {"asc", "blf", "trc"}) {
    CAPTURE(name);
    const Format& format = format_named(name);
    auto log = format.open(memory_source(written(format, options, 1)), {});
    Message m;
    REQUIRE(log->read({&m, 1}) == 1);
    CHECK(m.channel.name() == "3");
  }
}

TEST_CASE("containers of a BLF log have the size that the options say", "[formats]") {
  constexpr std::size_t kObject = 48;  // bytes of a classic message
  LogOptions options;
  options.options = {{"compression-level", "0"}, {"container-size", "1024"}};
  const Format& format = format_named("blf");
  const std::string small = written(format, options, 1000);
  CHECK(containers_in(small) == (1000 * kObject + 1023) / 1024);
  std::vector<Message> room(2000);
  CHECK(format.open(memory_source(small), {})->read(room) == 1000);
  options.options.erase("container-size");
  CHECK(containers_in(written(format, options, 1000)) == 1);
}
