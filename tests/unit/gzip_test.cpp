// SPDX-License-Identifier: MIT
#include "formats/support/gzip.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "cansuite/log.h"
#include "formats/support/line_reader.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

std::string packed(std::string_view text) {
  std::string bytes;
  auto sink = gzip(memory_sink(bytes));
  sink->write(text);
  sink->close();
  return bytes;
}

/// What comes out until the end or an error, which goes into `failure`.
std::string unpacked(std::string bytes, std::string* failure = nullptr) {
  auto source = gunzip(memory_source(std::move(bytes)));
  std::string text;
  try {
    char block[7];
    while (const std::size_t n = source->read(block)) text.append(block, n);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::corrupt);
    if (failure) *failure = error.what();
  }
  return text;
}

}  // namespace

TEST_CASE("gzip gives back what it was given, members one behind the other") {
  CHECK(unpacked(packed("hello")) == "hello");
  CHECK(unpacked(packed("")).empty());
  CHECK(unpacked(packed("one ") + packed("two")) == "one two");
  CHECK(unpacked(packed("one") + std::string(512, '\0')) == "one");
}

TEST_CASE("what stands before a damaged place of a gzip file is given") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10'007) + "\n";
  std::string bytes = packed(text), failure;
  const std::string cut = unpacked(bytes.substr(0, bytes.size() / 2), &failure);
  CHECK(cut.size() > text.size() / 4);
  CHECK(text.starts_with(cut));
  CHECK_THAT(failure, Catch::Contains("memory: gzip data ends in the middle"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0xFF);
  failure.clear();
  unpacked(bytes, &failure);
  CHECK_FALSE(failure.empty());
}

TEST_CASE("a flushed gzip file can be unpacked though it was never closed") {
  std::string bytes, failure;
  auto sink = gzip(memory_sink(bytes));
  sink->write("first\n");
  sink->flush();
  CHECK(unpacked(bytes, &failure) == "first\n");
  auto source = gunzip(memory_source(bytes));
  CHECK(source->peek(100) == "first\n");  // the error comes behind it
  LineReader lines(std::move(source));
  std::string_view line;
  CHECK(lines.next(line));
  CHECK(line == "first");
  CHECK_THROWS_AS(lines.next(line), Error);
}

TEST_CASE("a compressed log whose writer was killed is complete up to the last flush") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log.gz", killed = folder.path() + "/killed.log.gz";
  const auto log = create_log(path);
  std::uint32_t written = 0;
  for (int flush = 0; flush < 4; ++flush) {
    for (int i = 0; i < 100; ++i) {
      const Message m{.id = written++};
      log->write({&m, 1});
    }
    log->flush();
    std::filesystem::copy_file(path, killed, std::filesystem::copy_options::overwrite_existing);
    const auto reader = open_log(killed);
    std::vector<Message> read(1000);
    std::size_t count = 0;
    while (const std::size_t n = reader->read(std::span(read).subspan(count))) count += n;
    CHECK(count == written);
  }
  const auto size = std::filesystem::file_size(path);
  log->flush();
  CHECK(std::filesystem::file_size(path) == size);
  log->close();
  const auto reader = open_log(path);
  std::vector<Message> read(1000);
  std::size_t count = 0;
  while (const std::size_t n = reader->read(std::span(read).subspan(count))) count += n;
  CHECK(count == 400);
}
