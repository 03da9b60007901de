// SPDX-License-Identifier: MIT
// What all logs of lines have in common: lines that aren't understood, logs joined to one, and logs
// that are still being written.

#include <catch2/catch.hpp>
#include <deque>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"

using namespace can;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

std::unique_ptr<LogReader> reader_of(std::string_view format, std::string text) {
  return format_named(format).open(memory_source(std::move(text), "a"), {.zone = {.local = false}});
}

/// "1.5 123#01"
std::string text_of(const Message& m) {
  std::string text = fmt::format("{} ", static_cast<double>(m.timestamp.count()) / 1e9);
  format_frame(m, text);
  return text;
}

Texts read(LogReader& reader) {
  Texts all;
  for (Message m; reader.read({&m, 1}) != 0;) all.push_back(text_of(m));
  return all;
}

Texts read(std::string_view format, std::string text) {
  auto reader = reader_of(format, std::move(text));
  const Texts all = read(*reader);
  CHECK(reader->warnings() == Texts{});
  return all;
}

Texts warnings(std::string_view format, std::string text) {
  auto reader = reader_of(format, std::move(text));
  CHECK(read(*reader) == Texts{"1.5 123#01", "2.5 124#02"});
  return reader->warnings();
}

/// A pipe: gives a piece a call, and has none at hand once `there` are taken.
class Pipe final : public Source {
 public:
  Pipe(std::deque<std::string> pieces, std::size_t there)
      : pieces_(std::move(pieces)), there_(there) {}

  std::size_t read_on(std::span<char> out) override {
    if (pieces_.empty()) return 0;
    if (!ready_to_read()) ++waited_, there_ = 1;
    --there_;
    const std::string piece = pieces_.front();
    pieces_.pop_front();
    REQUIRE(piece.size() <= out.size());
    piece.copy(out.data(), out.size());
    return piece.size();
  }
  bool ready_to_read() const override { return there_ > 0; }
  std::string_view name() const override { return "pipe"; }

  int waited() const { return waited_; }

 private:
  std::deque<std::string> pieces_;
  std::size_t there_;
  int waited_ = 0;
};

const std::string kOne = "(1.5) can0 123#01\n", kTwo = "(2.5) can0 124#02\n";

}  // namespace

TEST_CASE("candump: what isn't understood is counted and told", "[lines]") {
  CHECK(warnings("candump", kOne + "# remark\n\nwhat\n is this\n" + kTwo) ==
        Texts{"a: 2 lines not understood, the first at line 4: 'what'"});
  CHECK(warnings("candump", kOne + kTwo + "x") ==
        Texts{"a: 1 line not understood, at line 3: 'x'"});
  CHECK(warnings("candump", kOne + "DROPCOUNT: dropped 17 CAN frames on 'can0' socket\n" + kTwo) ==
        Texts{"a:2: candump lost 17 frames here"});
  CHECK_THROWS_WITH(read("candump", "what\nis this\n"),
                    "a: no frame found; 2 lines not understood, the first at line 1: 'what'");
}

TEST_CASE("twenty warnings are kept, all are counted", "[lines]") {
  for (const std::size_t bad : {19, 20, 21, 100}) {
    std::string text = kOne;
    for (std::size_t i = 0; i < bad; ++i) text += "(1) can0 zzz#\n";
    const auto reader = format_named("candump").open(memory_source(text, "a"), {});
    reader->keep_going(true);
    Message room[3];
    CHECK(reader->read(room) == 1);
    CHECK(reader->read(room) == 0);
    CHECK(reader->warning_count() == bad);
    CHECK(reader->warnings().size() == std::min<std::size_t>(bad, LogReader::kMaxWarnings));
    CHECK(reader->warnings().front().starts_with("a:2: "));
  }
}

TEST_CASE("a log of which nothing is understood is an error once", "[lines]") {
  auto reader = reader_of("candump", "what\n");
  reader->keep_going(true);
  CHECK(read(*reader).empty());
  CHECK(reader->warning_count() == 1);
}

TEST_CASE("CAN XL frames are left out, and that is told", "[lines]") {
  const Texts told{"a: 2 CAN XL frames left out, the first at line 2"};
  const std::string xl = "(2) can0 00123#81:00:00112233#0102030405\n";
  CHECK(warnings("candump", kOne + xl + "(2) can0 00123#81:00:00112233#01 R\n" + kTwo) == told);
  CHECK(warnings("console",
                 " (1.5) can0 123 [1] 01\n (2) can0 123 [0002] (81|00:00112233) 01 02\n"
                 " (2) can0 123 [0001] (81|00:00112233) 01\n (2.5) can0 124 [1] 02\n") == told);
  CHECK(warnings("asc",
                 " 1.5 1 123 Rx d 1 01\n 2.0 CANXL 1 Rx XLFF 0 0\n 2.0 CANXL 1 Rx XLFF 0 0\n"
                 " 2.5 1 124 Rx d 1 02\n") == told);
}

TEST_CASE("candump: lines may be indented, and end as on an old Macintosh", "[lines]") {
  CHECK(read("candump", " (1.5) can0 123#01\n\t(2.5) can0 124#02\n") ==
        Texts{"1.5 123#01", "2.5 124#02"});
  CHECK(read("candump", "(1.5) can0 123#01\r(2.5) can0 124#02\r") ==
        Texts{"1.5 123#01", "2.5 124#02"});
  CHECK(read("candump", "(1.5) can0 123#01\r\r\n(2.5) can0 124#02\r\r\n") ==
        Texts{"1.5 123#01", "2.5 124#02"});
}

TEST_CASE("a last line without its end is given, and it is said that it may be cut", "[lines]") {
  const Texts told = {"a:2: the last line has no end, so it may be cut"};
  CHECK(warnings("candump", "(1.5) can0 123#01\n(2.5) can0 124#02") == told);
  CHECK(warnings("jsonl", R"({"timestamp":1.5,"id":291,"data":"01"})"
                          "\n"
                          R"({"timestamp":2.5,"id":292,"data":"02"})") == Texts{});
}

TEST_CASE("candump: the second that an old asc2log didn't carry", "[lines]") {
  CHECK(read("candump", "(5.1000000) can0 123#01\n(5.100000) can0 123#01\n") ==
        Texts{"6 123#01", "5.1 123#01"});
}

TEST_CASE("logs joined to one: each part has its own header", "[lines]") {
  const std::string csv = "timestamp,arbitration_id,extended,remote,error,dlc,data\n";
  const std::string all = csv.substr(0, csv.size() - 1) + ",channel,fd,brs,esi,direction,raw_dlc\n";
  CHECK(read("csv", csv + "1.5,0x123,0,0,0,1,AQ==\n" + csv + "2.5,0x124,0,0,0,1,Ag==\n" + all +
                        "3.5,0x125,0,0,0,1,Aw==,can0,1,0,0,rx,1\n") ==
        Texts{"1.5 123#01", "2.5 124#02", "3.5 125##003"});

  const std::string gvret = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n";
  const std::string older = "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n";
  CHECK(read("gvret", gvret + "1500000,123,false,Rx,0,1,01\n" + older +
                          "2500000,124,false,0,1,02\n") == Texts{"1.5 123#01", "2.5 124#02"});

  CHECK(read("canedge",
             "TimestampEpoch;ID;IDE;DataBytes\n1.5;123;0;01\n"
             "TimestampEpoch;IDE;ID;DataBytes\n2.5;0;124;02\n") ==
        Texts{"1.5 123#01", "2.5 124#02"});

  const auto clx = [](const std::string& time, char separator, const std::string& row) {
    return fmt::format(
        "# Logger type: CL2000\n# Time: {}\n# Value separator: \"{}\"\n"
        "Timestamp{}Type{}ID{}Data\n{}\n",
        time, separator, separator, separator, separator, row);
  };
  CHECK(read("clx000", clx("19700101T000000", ';', "01500;0;123;01") +
                           clx("19700101T010000", ',', "02500,0,124,02")) ==
        Texts{"1.5 123#01", "3602.5 124#02"});

  CHECK(read("trc",
             ";$FILEVERSION=2.0\n;$STARTTIME=25569\n;$COLUMNS=N,O,T,I,d,l,D\n"
             " 1 1500.0 DT 0123 Rx 1 01\n;$FILEVERSION=1.1\n;$STARTTIME=25570\n"
             " 1) 2500.0 Rx 0124 1 02\n") == Texts{"1.5 123#01", "86402.5 124#02"});
}

TEST_CASE("candump: the time may have a decimal comma", "[lines]") {
  auto reader = reader_of("candump",
                          "(1700000000,3) can0 123#11\n(1700000000,300001) can0 123#11\n"
                          "(1700000000.4) can0 123#11\n");
  Message m[3];
  REQUIRE(reader->read(m) == 3);
  CHECK(m[0].timestamp == 1'700'000'000'300ms);
  CHECK(m[1].timestamp == 1'700'000'000'300'001us);
  CHECK(m[2].timestamp == 1'700'000'000'400ms);
  CHECK(reader->read(m) == 0);
  CHECK_THROWS(reader_of("candump", "(1,2,3) can0 123#11\n")->read(m));
}

TEST_CASE("csv: a length or a flag that is no digit is refused", "[lines]") {
  const std::string header = "timestamp,arbitration_id,extended,remote,error,dlc,data\n";
  const auto flaw = [&](const std::string& cells) {
    Message m;
    try {
      reader_of("csv", header + "1.5,0x123," + cells + ",AQIDBAUGBwg=\n")->read({&m, 1});
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  CHECK(flaw("0,0,0,8").empty());
  for (const char bad : std::string(":;<=>?/+ x8")) {
    CAPTURE(bad);
    const std::string cell(1, bad);
    if (bad != '8') CHECK_FALSE(flaw("0,0,0," + cell).empty());
    CHECK_FALSE(flaw(cell + ",0,0,8").empty());
    CHECK_FALSE(flaw("0," + cell + ",0,8").empty());
    CHECK_FALSE(flaw("0,0," + cell + ",8").empty());
  }
  // '<' stands 12 behind '0'; so long are these data.
  CHECK_THROWS_WITH(read("csv", header + "1.5,0x123,0,0,0,<,AQIDBAUGBwgJCgsM\n"),
                    Catch::Contains("expected a number from 0 to 64, got '<'"));
}

TEST_CASE("csv: as spreadsheets save it", "[lines]") {
  const std::string header = "timestamp;arbitration_id;extended;remote;error;dlc;data\n";
  for (const std::string& text :
       {header + "1,5;0x123;0;0;0;2;ESI=\n",
        std::string(
            "\"timestamp\",\"arbitration_id\",\"extended\",\"remote\",\"error\",\"dlc\",\"data\"\n"
            "\"1.5\",\"0x123\",\"0\",\"0\",\"0\",\"2\",\"ESI=\"\n")}) {
    CAPTURE(text);
    CHECK(format_named("csv").sniff(text) == 100);
    auto reader = reader_of("csv", text +
                                       "timestamp,arbitration_id,extended,remote,error,dlc,data\n"
                                       "2.5,0x124,0,0,0,0,\n");
    Message m[3];
    REQUIRE(reader->read(m) == 2);
    CHECK(m[0].timestamp == 1500ms);
    CHECK((m[0].id == 0x123 && m[0].length == 2 && m[0].data[0] == 0x11 && m[0].data[1] == 0x22));
    CHECK(m[1].timestamp == 2500ms);
    CHECK(reader->read(m) == 0);
  }
  Message m;
  CHECK_THROWS(reader_of("csv", header + "1,5,0x123;0;0;0;2;ESI=\n")->read({&m, 1}));
}

TEST_CASE("logs joined to one: a byte order mark before any line is no part of it", "[lines]") {
  const std::string mark = "\xEF\xBB\xBF";
  for (const char* name :
       {"asc", "candump", "console", "csv", "csv-extended", "jsonl", "trc", "trc-1.1"}) {
    CAPTURE(name);
    const Format& format = format_named(name);
    std::string bytes;
    const Message message{.timestamp = 1s, .id = 0x123, .channel = Channel("can0"), .length = 1};
    auto writer = format.create(memory_sink(bytes), {});
    writer->write({&message, 1});
    writer->close();
    auto reader = format.open(memory_source(mark + bytes + mark + bytes), {});
    Message m[4];
    std::size_t count = 0;
    for (std::size_t got; (got = reader->read(m)) > 0;) count += got;
    CHECK(count == 2);
    CHECK(reader->warning_count() == 0);
  }
}

TEST_CASE("of a pipe, what has come is handed on", "[lines][live]") {
  const auto first_read = [](std::deque<std::string> pieces, std::size_t there) {
    auto pipe = std::make_unique<Pipe>(std::move(pieces), there);
    Pipe& seen = *pipe;
    auto reader = format_named("candump").open(std::move(pipe), {});
    std::vector<Message> messages(10);
    const std::size_t count = reader->read(messages);
    CHECK(reader->at_hand() == seen.ready());
    return std::pair(count, seen.waited());
  };
  CHECK(first_read({kOne, kTwo}, 1) == std::pair(std::size_t{1}, 0));
  CHECK(first_read({kOne + kTwo.substr(0, 5), kTwo.substr(5)}, 1) == std::pair(std::size_t{1}, 0));
  CHECK(first_read({kOne, kTwo.substr(0, 5), kTwo.substr(5)}, 2) == std::pair(std::size_t{1}, 0));
  CHECK(first_read({kOne, kTwo, kOne}, 2) == std::pair(std::size_t{2}, 0));
  CHECK(first_read({kOne.substr(0, 5), kOne.substr(5), kTwo}, 1) == std::pair(std::size_t{1}, 1));
}

TEST_CASE("a look at a pipe waits for no more than it needs", "[live]") {
  const auto look = [](std::size_t there, const Enough& enough) {
    auto pipe = std::make_unique<Pipe>(std::deque<std::string>{"ab", "cd", "ef"}, there);
    Pipe& seen = *pipe;
    const std::string_view head = pipe->peek(100, enough);
    return fmt::format("{} {}", head, seen.waited());
  };
  CHECK(look(1, {}) == "ab 0");
  CHECK(look(2, {}) == "abcd 0");
  CHECK(look(0, {}) == "ab 1");
  CHECK(look(1, [](std::string_view head) { return head.size() >= 4; }) == "abcd 1");
}

TEST_CASE("what was looked at, once or more, is read once and in order", "[live]") {
  Pipe pipe({"ab", "cd", "ef"}, 3);
  const auto read = [&pipe](std::size_t size) {
    std::string bytes(size, '\0');
    bytes.resize(pipe.read(bytes));
    return bytes;
  };
  CHECK(pipe.peek(2) == "ab");
  CHECK(pipe.peek(4) == "abcd");
  CHECK(pipe.peek(1) == "a");
  CHECK(read(3) == "abc");
  CHECK(pipe.ready());
  CHECK(pipe.peek(100) == "def");
  CHECK(read(100) == "def");
  CHECK(pipe.peek(100).empty());
  CHECK(read(100).empty());
}
