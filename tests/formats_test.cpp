// SPDX-License-Identifier: MIT
// What every format must do. A new line in formats.def is tested here with no new code.

#include <algorithm>
#include <catch2/catch.hpp>

#include "cansuite/signals.h"
#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "tests/sample.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

std::vector<Message> read_all(LogReader& reader, std::size_t batch) {
  std::vector<Message> all, some(batch);
  for (Message& dirty : some) dirty.data.fill(0xEE);  // a reader leaves nothing of it
  while (std::size_t n = reader.read(some))
    all.insert(all.end(), some.begin(), some.begin() + static_cast<long>(n));
  return all;
}

std::string written(const Format& format, std::span<const Message> messages, std::size_t batch,
                    const LogOptions& options = {}) {
  std::string bytes;
  auto writer = format.create(memory_sink(bytes), options);
  for (std::size_t at = 0; at < messages.size(); at += batch)
    writer->write(messages.subspan(at, std::min(batch, messages.size() - at)));
  writer->close();
  return bytes;
}

void check_same(std::vector<Message> got, std::span<const Message> want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (!want[i].channel) got[i].channel = {};  // a log of one bus may call it 1
    CAPTURE(i, got[i].timestamp.count(), want[i].timestamp.count(), got[i].channel.name(),
            want[i].channel.name(), got[i].id, int{got[i].length}, int{want[i].length});
    CHECK(got[i] == want[i]);
  }
}

/// Lets `room` bytes through, then fails as a full disk does.
class FullSink final : public Sink {
 public:
  explicit FullSink(std::size_t room) : room_(room) {}
  void write(std::string_view bytes) override {
    if (bytes.size() > room_) fail(Errc::io, "full: no space left on device");
    room_ -= bytes.size();
  }
  bool patch(std::uint64_t, std::string_view) override { return true; }
  void close() override {}
  std::string_view name() const override { return "full"; }

 private:
  std::size_t room_;
};

template <class Use>
void for_each_readable(Use use) {
  for (const Format* format : all_formats())
    if (format->open && format->create) {
      DYNAMIC_SECTION(format->name) { use(*format); }
    }
}

}  // namespace

TEST_CASE("every format gives back what it was given") {
  for_each_readable([](const Format& format) {
    const auto messages = sample(format.keeps);
    for (std::size_t batch : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      CAPTURE(batch);
      const std::string bytes = written(format, messages, batch);
      CHECK(format.sniff(std::string_view(bytes).substr(0, 4096)) > 0);
      auto reader = format.open(memory_source(bytes), {});
      check_same(read_all(*reader, batch), messages);
      CHECK(reader->warning_count() == 0);
    }
  });
}

TEST_CASE("every format writes the same bytes whatever the batches") {
  for (const Format* format : all_formats())
    if (format->create) {
      DYNAMIC_SECTION(format->name) {
        const auto messages = sample(format->keeps);
        CHECK(written(*format, messages, 1) == written(*format, messages, 1000));
      }
    }
}

TEST_CASE("every format holds an empty log") {
  for_each_readable([](const Format& format) {
    const std::string bytes = written(format, {}, 1);
    auto reader = format.open(memory_source(bytes), {});
    CHECK(read_all(*reader, 10).empty());
  });
}

namespace {

/// What a reader makes of a log that is cut: messages, and whether it said a word.
struct Salvage {
  std::vector<Message> messages;
  bool complained = false;
};

Salvage salvage(const Format& format, std::string bytes) {
  Salvage found;
  try {
    auto reader = format.open(memory_source(std::move(bytes)), {});
    std::vector<Message> some(5);
    while (const std::size_t n = reader->read(some))
      found.messages.insert(found.messages.end(), some.begin(),
                            some.begin() + static_cast<long>(n));
    found.complained = reader->warning_count() > 0;
  } catch (const Error& error) {
    CAPTURE(error.what());
    REQUIRE(error.code() == Errc::corrupt);
    found.complained = true;
  }
  return found;
}

}  // namespace

TEST_CASE("every format takes any time, and gives the message back or says why not") {
  using std::chrono::nanoseconds;
  for_each_readable([](const Format& format) {
    for (const nanoseconds time : {nanoseconds::min(), nanoseconds(-1), nanoseconds::max()}) {
      CAPTURE(time.count());
      Message message = sample(format.keeps).front();
      message.timestamp = time;
      const Salvage found = salvage(format, written(format, {&message, 1}, 1));
      CHECK(found.messages.size() == (found.complained ? 0 : 1));
      if (time == nanoseconds(-1)) CHECK(!found.complained);
      for (const Message& read : found.messages) {
        CHECK(read.id == message.id);
        CHECK(std::ranges::equal(read.payload(), message.payload()));
      }
    }
  });
}

TEST_CASE("every format gives what stood before a cut, and invents nothing") {
  for_each_readable([](const Format& format) {
    const auto messages = sample(format.keeps);
    const std::string bytes = written(format, messages, 7);
    const auto whole = salvage(format, bytes).messages;
    std::size_t limit = 0;
    const std::size_t step = bytes.size() > 20'000 ? 97 : 1;
    for (std::size_t cut = 0; cut < bytes.size(); cut += step) {
      const Salvage found = salvage(format, bytes.substr(0, cut));
      CAPTURE(cut);
      REQUIRE(found.messages.size() <= whole.size());
      const auto different =
          std::mismatch(found.messages.begin(), found.messages.end(), whole.begin());
      // The last one may be half a line that reads as a whole one. Then there is a word about it.
      if (different.first != found.messages.end() && !format.keeps.nothing_when_cut) {
        CHECK(different.first + 1 == found.messages.end());
        CHECK(found.complained);
      }
      limit = std::max(limit, found.messages.size());
    }
    if (!format.keeps.nothing_when_cut) CHECK(limit + 1 >= messages.size());
  });
}

TEST_CASE("every format survives any byte changed") {
  for_each_readable([](const Format& format) {
    const std::string bytes = written(format, sample(format.keeps), 7);
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 3000);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      try {
        auto reader = format.open(memory_source(damaged), {});
        reader->keep_going(at % 2 == 0);
        read_all(*reader, 100);
      } catch (const Error& error) {
        CAPTURE(at, error.what());
        REQUIRE(error.code() == Errc::corrupt);
      }
    }
  });
}

TEST_CASE("every format tells its logs from the others'") {
  for_each_readable([](const Format& format) {
    const std::string bytes = written(format, sample(format.keeps), 1000);
    for (const Format* other : all_formats()) {
      CAPTURE(other->name);
      if (other != &format && other->sniff)
        CHECK(other->sniff(bytes.substr(0, 4096)) < format.sniff(bytes.substr(0, 4096)));
    }
  });
}

TEST_CASE("formats that append continue a log") {
  for (const Format* format : all_formats()) {
    if (format->appends == Appends::no || !format->open) continue;
    DYNAMIC_SECTION(format->name) {
      const TemporaryFolder folder;
      const std::string path = folder.path() + "/log";
      const auto all = sample(format->keeps);
      const std::span<const Message> messages = all;
      const std::size_t middle = messages.size() / 2;
      for (const auto& half : {messages.first(middle), messages.subspan(middle)}) {
        auto writer = create_log(path, {}, format, IfThere::append);
        writer->write(half);
        writer->close();
      }
      check_same(read_all(*open_log(path), 100), messages);
    }
  }
}

TEST_CASE("formats that don't append refuse to") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/log";
  for (const Format* format : all_formats())
    if (format->create && format->appends == Appends::no) {
      CAPTURE(format->name);
      CHECK_THROWS_WITH(create_log(path, {}, format, IfThere::append),
                        Catch::Contains("can't be appended to"));
    }
}

TEST_CASE("a flushed log can be read without having been closed") {
  for_each_readable([](const Format& format) {
    if (format.needs_file) return;  // in memory its bytes exist only once it is closed
    const auto messages = sample(format.keeps);
    std::string bytes;
    auto writer = format.create(memory_sink(bytes), {});
    writer->write(messages);
    writer->flush();
    auto reader = format.open(memory_source(bytes), {});
    check_same(read_all(*reader, 100), messages);
  });
}

namespace {

/// Options by which the formats of signals know a message of sample().
LogOptions with_signals() {
  auto content = std::make_shared<signals::LogContent>();
  content->catalog.databases.push_back(
      {std::make_shared<const signals::Database>(
           signals::parse_dbc("BO_ 2039 T: 8 A\n SG_ s : 0|8@1+ (1,0) [0|0] \"\" A", "x.dbc")),
       {}});
  return {.signals = std::move(content)};
}

}  // namespace

TEST_CASE("every writer reports a full disk") {
  for (const Format* format : all_formats()) {
    if (!format->create) continue;
    DYNAMIC_SECTION(format->name) {
      const auto messages = sample(format->keeps);
      for (std::size_t room : {0, 10, 200}) {
        CAPTURE(room);
        CHECK_THROWS_AS(([&] {
                          auto writer =
                              format->create(std::make_unique<FullSink>(room), with_signals());
                          for (int i = 0; i < 10; ++i) writer->write(messages);
                          writer->close();
                        }()),
                        Error);
      }
    }
  }
}

TEST_CASE("an unknown extension lists the known ones") {
  CHECK_THROWS_WITH(create_log("x.foo"), Catch::Contains("unknown log format '.foo'; known: "));
}

TEST_CASE("no two formats share a name or an extension") {
  std::vector<std::string_view> names;
  for (const Format* format : all_formats()) {
    names.push_back(format->name);
    names.insert(names.end(), format->extensions.begin(), format->extensions.end());
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}
