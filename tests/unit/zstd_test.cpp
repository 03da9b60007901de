// SPDX-License-Identifier: MIT
#include "formats/support/zstd.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "cansuite/log.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

std::string packed(std::string_view text) {
  std::string bytes;
  auto sink = zstd(memory_sink(bytes));
  sink->write(text);
  sink->close();
  return bytes;
}

/// What comes out until the end or an error, which goes into `failure`.
std::string unpacked(std::string bytes, std::string* failure = nullptr) {
  auto source = unzstd(memory_source(std::move(bytes)));
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

/// Lines of numbers; many blocks of compressed data.
std::string numbers() {
  std::string text;
  for (std::uint32_t i = 0; i < 200'000; ++i) text += std::to_string(i * 2654435761U) + "\n";
  return text;
}

std::size_t count_in(const std::string& path) {
  const auto reader = open_log(path);
  std::vector<Message> some(100);
  std::size_t count = 0;
  while (const std::size_t n = reader->read(some)) count += n;
  CHECK(reader->warning_count() == 0);
  return count;
}

void write(LogWriter& log, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) log.write(Message{.id = i});
}

}  // namespace

TEST_CASE("zstd gives back what it was given, frames one behind the other", "[zstd]") {
  CHECK(unpacked(packed("hello")) == "hello");
  CHECK(unpacked(packed("")).empty());
  CHECK_FALSE(packed("").empty());
  CHECK(unpacked(packed("one ") + packed("two")) == "one two");
  CHECK(unpacked(packed("one") + std::string(512, '\0')) == "one");
  const std::string text = numbers();
  CHECK((unpacked(packed(text)) == text));
}

TEST_CASE("what stands before a damaged place of a zstd file is given", "[zstd]") {
  const std::string text = numbers();
  std::string bytes = packed(text), failure;
  const std::string cut = unpacked(bytes.substr(0, bytes.size() / 2), &failure);
  CHECK(cut.size() > text.size() / 4);
  CHECK(text.starts_with(cut));
  CHECK_THAT(failure, Catch::Contains("memory: Zstandard data end in the middle"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0xFF);
  failure.clear();
  unpacked(bytes, &failure);
  CHECK_THAT(failure, Catch::Contains("damaged Zstandard data"));
}

TEST_CASE("a flush ends a frame; without anything new it adds nothing", "[zstd]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log.zst", killed = folder.path() + "/killed.log.zst";
  const auto log = create_log(path);
  for (std::size_t flush = 1; flush <= 4; ++flush) {
    write(*log, 100);
    log->flush();
    std::filesystem::copy_file(path, killed, std::filesystem::copy_options::overwrite_existing);
    CHECK(count_in(killed) == 100 * flush);
  }
  const auto size = std::filesystem::file_size(path);
  log->flush();
  log->close();
  CHECK(std::filesystem::file_size(path) == size);
}

TEST_CASE("a zstd log is continued behind its last complete line", "[zstd]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log.zst";
  {
    const auto log = create_log(path);
    write(*log, 100);
    log->flush();
    for (int i = 0; i < 30; ++i) write(*log, 2000);  // a frame of several blocks
    log->close();
  }
  const bool cut = GENERATE(false, true);
  if (cut) std::filesystem::resize_file(path, std::filesystem::file_size(path) * 9 / 10);
  const auto log = create_log(path, {}, nullptr, IfThere::append);
  write(*log, 50);
  log->close();
  const std::size_t count = count_in(path);
  if (cut)
    CHECK((count > 50 + 100 && count < 50 + 100 + 60'000));
  else
    CHECK(count == 50 + 100 + 60'000);
}

TEST_CASE("a file of another kind is no zstd log to be continued", "[zstd]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log";
  create_log(path)->write(Message{});
  std::filesystem::rename(path, path + ".zst");
  CHECK_THROWS_WITH(create_log(path + ".zst", {}, nullptr, IfThere::append),
                    Catch::Contains("a.log.zst: not a Zstandard file"));
}
