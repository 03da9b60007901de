// SPDX-License-Identifier: MIT
// Every format of the registry in one target: the first byte picks the format and how to read.
// Only Errc::corrupt may come out, or Errc::unsupported for another version of the format; what was
// read can be written and read back.
#include <cstdlib>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"

using namespace can;

namespace {

constexpr std::size_t kMax = 100'000;  // messages: a container may unpack to many

std::size_t write_again(const Format& format, std::span<const Message> messages) {
  std::string bytes;
  auto writer = format.create(memory_sink(bytes), {.threads = 1});
  writer->write(messages);
  writer->close();
  std::size_t total = 0;
  Message back[64];
  auto reader = format.open(memory_source(bytes), {.threads = 1});
  while (const std::size_t count = reader->read(back)) total += count;
  return total;
}

void read_all(const Format& format, const std::string& bytes, bool keep_going) {
  auto reader = format.open(memory_source(bytes), {.zone = {.local = false}, .threads = 1});
  reader->keep_going(keep_going);
  Message batch[64];
  bool first = true;
  for (std::size_t total = 0; total < kMax;) {
    const std::size_t count = reader->read(batch);
    if (count == 0) return;
    total += count;
    if (first && format.create && write_again(format, {batch, count}) != count) std::abort();
    first = false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto formats = all_formats();
  const Format& format = *formats[data[0] / 2 % formats.size()];
  if (!format.open) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (format.sniff) format.sniff(std::string_view(bytes).substr(0, 4096));
  try {
    read_all(format, bytes, data[0] % 2 == 1);
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt && error.code() != Errc::unsupported &&
        error.code() != Errc::io)
      std::abort();
  }
  return 0;
}
