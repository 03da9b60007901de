// SPDX-License-Identifier: MIT
// What every format promises about files that are there: doc/files.md.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cansuite/rotation.h"
#include "formats/registry/outputs.h"
#include "formats/registry/registry.h"
#include "formats/registry/split.h"
#include "libcan/model/fail.h"
#include "libcan/platform/file.h"
#include "tests/sample.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void put_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<Message> read_all(const std::string& path, const Format* format = nullptr) {
  auto reader = open_log(path, {}, format);
  std::vector<Message> all, some(7);
  while (const std::size_t n = reader->read(some))
    all.insert(all.end(), some.begin(), some.begin() + static_cast<long>(n));
  return all;
}

void write_log(const std::string& path, const Format& format, std::span<const Message> messages,
               IfThere if_there = IfThere::replace) {
  auto writer = create_log(path, {}, &format, if_there);
  writer->write(messages);
  writer->close();
}

/// A log as a killed writer leaves it: flushed twice, not closed.
std::string killed(const std::string& path, const Format& format,
                   std::span<const Message> messages) {
  auto writer = create_log(path, {}, &format);
  const auto middle = messages.size() / 3;
  writer->write(messages.first(middle));
  writer->flush();
  writer->write(messages.subspan(middle));
  writer->flush();
  return bytes_of(path);
}

/// The names in a folder, sorted.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct Appendable {
  const Format& format;
  std::string file;  // its name
};

template <class Use>
void for_each_appendable(Use use) {
  for (const Format* format : all_formats()) {
    if (format->appends == Appends::no || !format->open) continue;
    const bool packs = format->appends == Appends::lines;
    for (const char* suffix : {"", ".gz"}) {
      if (*suffix != '\0' && !packs) continue;
      DYNAMIC_SECTION(format->name << suffix) {
        use(Appendable{*format, "log" + std::string(suffix)});
      }
    }
  }
}

/// `got` is so many of the messages that were there, then all that were appended.
void check_continued(const std::vector<Message>& got, std::span<const Message> there,
                     std::span<const Message> appended) {
  REQUIRE(got.size() >= appended.size());
  const std::size_t kept = got.size() - appended.size();
  REQUIRE(kept <= there.size());
  CHECK(std::equal(got.begin(), got.begin() + static_cast<long>(kept), there.begin()));
  CHECK(std::equal(appended.begin(), appended.end(), got.begin() + static_cast<long>(kept)));
}

}  // namespace

TEST_CASE("a log that is cut anywhere and appended to gives what was whole and what came after") {
  for_each_appendable([](const Appendable& log) {
    if (log.format.needs_file) return;  // a database without its journal is damaged, not cut
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/" + log.file;
    const auto there = sample(log.format.keeps);
    const std::span<const Message> appended = std::span(there).first(5);
    const std::string whole = killed(path, log.format, there);
    std::size_t most_kept = 0, refused = 0;
    const std::size_t step = whole.size() > 3000 ? 17 : 1;
    for (std::size_t cut = 0; cut <= whole.size(); cut += cut + step > whole.size() ? 1 : step) {
      CAPTURE(cut, whole.size());
      put_bytes(path, whole.substr(0, cut));
      try {
        write_log(path, log.format, appended, IfThere::append);
      } catch (const Error& error) {
        CAPTURE(error.what());
        REQUIRE((error.code() == Errc::unsupported ||
                 error.code() == Errc::corrupt));  // too little is left to know what it is
        REQUIRE(bytes_of(path) == whole.substr(0, cut));
        ++refused;
        continue;
      }
      const auto got = read_all(path, &log.format);
      check_continued(got, there, appended);
      most_kept = std::max(most_kept, got.size() - appended.size());
    }
    CHECK(most_kept == there.size());
    CHECK(refused < 200 / step + 20);
  });
}

TEST_CASE("a BLF log of many containers is cut anywhere and appended to") {
  const TemporaryFolder folder;
  const Format& format = format_named("blf");
  const std::string path = folder.path() + "/a.blf";
  std::vector<Message> there(9000);  // of 48 bytes, so that most containers end inside an object
  for (std::uint32_t i = 0; i < there.size(); ++i)
    there[i] = {.timestamp = std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(i),
                .id = i % 2048,
                .channel = Channel("1"),
                .length = 8};
  const std::span<const Message> appended = std::span(there).first(3);
  {
    const auto writer = create_log(path, {.options = {{"compression-level", "0"}}});
    writer->write(there);
    writer->close();
  }
  const std::string whole = bytes_of(path);
  std::vector<std::size_t> cuts;
  for (std::size_t at = whole.find("LOBJ"); at < whole.size(); at += 128 * 1024 + 32)
    for (const std::size_t behind : {0, 10, 32, 40, 60, 100, 70'000}) cuts.push_back(at + behind);
  for (const std::size_t cut : cuts) {
    if (cut > whole.size()) continue;
    CAPTURE(cut);
    put_bytes(path, whole.substr(0, cut));
    write_log(path, format, appended, IfThere::append);
    const auto got = read_all(path);
    check_continued(got, there, appended);
    CHECK(got.size() + 5 >= (cut - std::min<std::size_t>(cut, 1000)) / 48);
  }
}

TEST_CASE("a closed log is appended to without a word, and what is cut off is told") {
  for_each_appendable([](const Appendable& log) {
    if (log.format.needs_file) return;
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/" + log.file;
    const auto messages = sample(log.format.keeps);
    std::vector<std::string> told;
    LogOptions options;
    options.on_notice = [&](const std::string& text) { told.push_back(text); };
    write_log(path, log.format, messages);
    create_log(path, options, &log.format, IfThere::append)->close();
    CHECK(told.empty());
    CHECK(read_all(path).size() == messages.size());
    const bool packed = log.file.ends_with(".gz");
    const std::string whole = bytes_of(path);
    put_bytes(path, whole.substr(0, whole.size() - (packed                     ? 12
                                                    : log.format.name == "blf" ? 60
                                                                               : 3)));
    create_log(path, options, &log.format, IfThere::append)->close();
    CHECK(told.size() == (packed ? 0 : 1));  // of a member only its end is gone
  });
}

TEST_CASE("a log whose lines end with a carriage return alone is not appended to") {
  for (const char* name : {"/a.log", "/a.jsonl", "/a.csv"}) {
    CAPTURE(name);
    const TemporaryFolder folder;
    const std::string path = folder.path() + name;
    const Format& format = format_for_writing(path);
    write_log(path, format, sample(format.keeps));
    std::string bytes = bytes_of(path);
    std::replace(bytes.begin(), bytes.end(), '\n', '\r');  // as on an old Macintosh
    put_bytes(path, bytes);
    CHECK_THROWS_WITH(create_log(path, {}, &format, IfThere::append),
                      Catch::Contains("carriage return"));
    CHECK(bytes_of(path) == bytes);
  }
}

TEST_CASE("a log whose power was cut in its first line is begun anew, another file isn't") {
  const TemporaryFolder folder;
  for (const Format* format : all_formats()) {
    if (format->appends != Appends::lines) continue;
    CAPTURE(format->name);
    const std::string path = folder.path() + "/" + std::string(format->name);
    const auto messages = sample(format->keeps);
    write_log(path, *format, messages);
    const std::string whole = bytes_of(path), first = whole.substr(0, whole.find('\n'));
    for (std::size_t cut = 1; cut < first.size(); ++cut) {
      CAPTURE(cut);
      put_bytes(path, first.substr(0, cut));
      write_log(path, *format, messages, IfThere::append);
      CHECK(bytes_of(path) == whole);
    }
    for (const std::string_view other :
         {std::string_view("\x1F\x8B\x08 gzip"), std::string_view("(see appendix)"),
          std::string_view("Dear diary"),
          std::string_view("\x7F"
                           "ELF"),
          std::string_view("{}"), std::string_view("MDF     4.10")}) {
      CAPTURE(other);
      put_bytes(path, other);
      CHECK_THROWS_AS(create_log(path, {}, format, IfThere::append), Error);
      CHECK(bytes_of(path) == other);
    }
  }
}

TEST_CASE("gzip data that are damaged far from their end are not appended to") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log.gz";
  std::vector<Message> messages;
  for (std::uint32_t i = 0; i < 400'000; ++i)
    messages.push_back(
        {.timestamp = std::chrono::nanoseconds(i * 7'919'000), .id = i * 7919 % 2048});
  write_log(path, format_named("candump"), messages);
  std::string damaged = bytes_of(path);
  REQUIRE(damaged.size() > 1'200'000);
  damaged[1000] = static_cast<char>(damaged[1000] ^ 0x55);
  put_bytes(path, damaged);
  CHECK_THROWS_WITH(create_log(path, {}, nullptr, IfThere::append), Catch::Contains("damaged"));
  CHECK(bytes_of(path) == damaged);
}

TEST_CASE("no second writer gets at a log") {
  for (const Format* format : all_formats()) {
    if (!format->create) continue;
    DYNAMIC_SECTION(format->name) {
      const TemporaryFolder folder;
      const std::string path = folder.path() + "/log", link = folder.path() + "/link";
      const auto messages = sample(format->keeps);
      fs::create_symlink(path, link);
      auto writer = create_log(path, {}, format);
      writer->write(messages);
      writer->flush();
      for (const std::string& name : {path, link}) {
        CHECK_THROWS_WITH(create_log(name, {}, format), Catch::Contains("the same file"));
        CHECK_THROWS_WITH(Replacement(name), Catch::Contains("the same file"));
        if (format->appends != Appends::no)
          CHECK_THROWS_WITH(create_log(name, {}, format, IfThere::append),
                            Catch::Contains("the same file"));
      }
      writer->close();
      writer.reset();
      if (format->open) CHECK(read_all(path, format).size() == messages.size());
    }
  }
}

TEST_CASE("a file that another program locks is left alone") {
  const TemporaryFolder folder;
  for (const Format* format : all_formats()) {
    if (!format->create) continue;
    CAPTURE(format->name);
    const std::string path = folder.path() + "/" + std::string(format->name);
    write_log(path, *format, sample(format->keeps));
    const std::string before = bytes_of(path);
    {
      const File other(path, O_RDWR);
      REQUIRE(::flock(other.descriptor(), LOCK_EX) == 0);
      CHECK_THROWS_WITH(create_log(path, {}, format),
                        Catch::Contains("another program is writing"));
      CHECK_THROWS_WITH(Replacement(path), Catch::Contains("another program is writing"));
      if (format->appends != Appends::no)
        CHECK_THROWS_WITH(create_log(path, {}, format, IfThere::append),
                          Catch::Contains("another program is writing"));
    }
    CHECK(bytes_of(path) == before);
  }
}

TEST_CASE("an input is no output, by whatever name") {
  const TemporaryFolder folder;
  const Format& format = format_named("candump");
  const std::string path = folder.path() + "/a.log";
  write_log(path, format, sample(format.keeps));
  const std::string before = bytes_of(path);
  fs::create_symlink("a.log", folder.path() + "/symbolic.log");
  fs::create_hard_link(path, folder.path() + "/hard.log");
  const auto reader = open_log(path);
  for (const char* name : {"/a.log", "/symbolic.log", "/hard.log", "/./a.log"}) {
    const std::string other = folder.path() + name;
    CHECK_THROWS_WITH(create_log(other), Catch::Contains("input and output are the same file"));
    CHECK_THROWS_WITH(Replacement(other), Catch::Contains("input and output are the same file"));
  }
  CHECK(bytes_of(path) == before);
}

TEST_CASE("a log of another format is not appended to") {
  const TemporaryFolder folder;
  for (const Format* there : all_formats()) {
    if (!there->create || !there->open) continue;
    const std::string path = folder.path() + "/" + std::string(there->name) + ".log";
    write_log(path, *there, sample(there->keeps));
    const std::string before = bytes_of(path);
    for (const Format* format : all_formats()) {
      if (format == there || format->appends == Appends::no) continue;
      CAPTURE(there->name, format->name);
      CHECK_THROWS_AS(create_log(path, {}, format, IfThere::append), Error);
      CHECK(bytes_of(path) == before);
    }
  }
}

TEST_CASE("a file is emptied by the first message, not by opening it") {
  const TemporaryFolder folder;
  const Format& format = format_named("jsonl");
  const std::string path = folder.path() + "/a.jsonl";
  const auto messages = sample(format.keeps);
  write_log(path, format, messages);
  {
    const auto writer = create_log(path);
    CHECK(read_all(path).size() == messages.size());
    writer->write({messages.data(), 1});
    writer->close();
  }
  CHECK(read_all(path).size() == 1);
}

TEST_CASE("text that another program cuts while it is written has no hole") {
  const TemporaryFolder folder;
  const Format& format = format_named("candump");
  const std::string path = folder.path() + "/a.log";
  const auto messages = sample(format.keeps);
  const auto writer = create_log(path);
  writer->write(messages);
  writer->flush();
  fs::resize_file(path, 0);  // as logrotate's copytruncate does
  writer->write({messages.data(), 2});
  writer->close();
  CHECK(read_all(path).size() == 2);
}

TEST_CASE("a replacement takes its place at once or not at all") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.txt", link = folder.path() + "/link";
  put_bytes(path, "old");
  ::chmod(path.c_str(), 0640);
  fs::create_symlink("a.txt", link);
  {
    const Replacement dropped(path);
    put_bytes(dropped.path(), "new");
    CHECK(dropped.replaces());
    CHECK(bytes_of(path) == "old");
  }
  CHECK(bytes_of(path) == "old");
  {
    Replacement kept(link);
    put_bytes(kept.path(), "new");
    kept.commit();
  }
  CHECK(bytes_of(path) == "new");
  CHECK(fs::is_symlink(link));
  CHECK(fs::status(path).permissions() == static_cast<fs::perms>(0640));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"a.txt", "link"});
  {
    const Replacement first(folder.path() + "/b.txt");
    CHECK_FALSE(first.replaces());
    CHECK_THROWS_WITH(Replacement(folder.path() + "/./b.txt"),
                      Catch::Contains("two outputs are the same file"));
  }
  CHECK_THROWS_AS(Replacement(folder.path() + "/missing/c.txt"), Error);
}

TEST_CASE("what was good of a conversion that fails stands beside what it would replace") {
  const TemporaryFolder folder;
  const Format& format = format_named("asc");
  const std::string old_log = folder.path() + "/a.b.asc", new_log = folder.path() + "/c.asc";
  put_bytes(old_log, "old");
  Outputs outputs(format);
  for (const std::string& path : {old_log, new_log}) put_bytes(outputs.add(path).path(), "new");
  const auto told = outputs.commit_beside();
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0],
             Catch::Contains("a.b.asc is as it was") && Catch::Contains("a.b_partial.asc"));
  CHECK(bytes_of(old_log) == "old");
  CHECK(bytes_of(folder.path() + "/a.b_partial.asc") == "new");
  CHECK(bytes_of(new_log) == "new");
}

TEST_CASE("the parts of a split log have a name each, with the format's extension") {
  const TemporaryFolder folder;
  const Format& format = format_named("candump");
  const char* const channels[] = {"a/b", "a_b", "a%2Fb", "", "no-channel"};
  std::vector<Message> messages;
  for (const char* name : channels) {
    Message m{.id = 1};
    m.channel = Channel(name);
    messages.push_back(m);
  }
  Outputs outputs(format);
  const auto writer =
      create_split_log(folder.path() + "/v1.2.log.gz", {}, format, {.by_channel = true}, outputs);
  writer->write(messages);
  writer->close();
  CHECK(names_in(folder.path()).size() == 5);
  for (const std::string& name : names_in(folder.path()))
    CHECK(name.find(".unfinished-") != name.npos);
  outputs.commit();
  CHECK(names_in(folder.path()) ==
        std::vector<std::string>{"v1.2_a%252Fb.log.gz", "v1.2_a%2Fb.log.gz", "v1.2_a_b.log.gz",
                                 "v1.2_no%2Dchannel.log.gz", "v1.2_no-channel.log.gz"});
  for (const std::string& name : names_in(folder.path()))
    CHECK(read_all(folder.path() + "/" + name).size() == 1);
}

namespace {

/// A recording of `messages` into a part each, at most `keep` of them staying.
void record_parts(const std::string& path, std::span<const Message> messages, std::uint64_t keep) {
  const auto writer = create_rotating_log(path, {}, format_for_writing(path), IfThere::replace,
                                          {.max_bytes = 1, .keep = keep});
  for (const Message& message : messages) writer->write({&message, 1});
  writer->close();
}

/// The ids in a recording's parts, by their numbers, and in what is not completed.
std::vector<std::uint32_t> ids_in(const std::string& folder) {
  std::vector<std::pair<std::string, std::uint32_t>> ids;
  for (const std::string& name : names_in(folder))
    for (const Message& message : read_all(folder + "/" + name))
      ids.emplace_back(name.find('#') == name.npos ? "~" : name.substr(name.find('#')), message.id);
  std::sort(ids.begin(), ids.end());
  std::vector<std::uint32_t> sorted;
  for (const auto& [name, id] : ids) sorted.push_back(id);
  return sorted;
}

std::vector<Message> with_ids(std::initializer_list<std::uint32_t> ids) {
  std::vector<Message> messages;
  for (const std::uint32_t id : ids) messages.push_back({.id = id});
  return messages;
}

}  // namespace

TEST_CASE("a rotating recording started again loses nothing of the run before") {
  for (const char* file : {"/a.log", "/a.blf", "/a.db", "/a.asc", "/a.jsonl.gz"}) {
    CAPTURE(file);
    const TemporaryFolder folder;
    record_parts(folder.path() + file, with_ids({1, 2}), 10);
    record_parts(folder.path() + file, with_ids({3}), 10);
    CHECK(ids_in(folder.path()) == std::vector<std::uint32_t>{1, 2, 3});
  }
}

TEST_CASE("what is deleted is what was recorded first, whatever the clock said") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log";
  const std::string foreign = folder.path() + "/a_2099-01-01T000000_#18446744073709551615.log";
  put_bytes(foreign, "not ours");
  for (const char* name : {"a_2099-01-01T000000_#007.log", "a_2098-01-01T000000_#008.log"})
    write_log(folder.path() + "/" + name, format_named("candump"), with_ids({0x77}));
  write_log(folder.path() + "/a_note.log", format_named("candump"), with_ids({0x78}));
  record_parts(path, with_ids({1, 2, 3, 4}), 2);
  CHECK(fs::exists(folder.path() + "/a_note.log"));
  fs::remove(folder.path() + "/a_note.log");
  CHECK(bytes_of(foreign) == "not ours");
  fs::remove(foreign);
  CHECK(ids_in(folder.path()) == std::vector<std::uint32_t>{2, 3, 4});
}

TEST_CASE("a rotating recording leaves a log alone that another program writes") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.log";
  write_log(path, format_named("candump"), with_ids({1}));
  const File other(path, O_RDWR);
  REQUIRE(::flock(other.descriptor(), LOCK_EX) == 0);
  CHECK_THROWS_WITH(record_parts(path, with_ids({2}), 1), Catch::Contains("another program"));
  CHECK(names_in(folder.path()) == std::vector<std::string>{"a.log"});
}
