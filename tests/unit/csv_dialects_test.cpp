// SPDX-License-Identifier: MIT
// The formats that are only read and have a message a row: canedge, clx000, gvret.

#include <catch2/catch.hpp>

#include "formats/registry/registry.h"
#include "formats/support/files.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

std::unique_ptr<LogReader> reader_of(std::string_view format, std::string text) {
  return format_named(format).open(memory_source(std::move(text), "a"), {.zone = {.local = false}});
}

/// "1.500 2 T 123#DEADBEEF", each behind a line break; behind the last "! " and what went wrong.
std::string read(std::string_view format, std::string text) {
  std::string all;
  try {
    auto reader = reader_of(format, std::move(text));
    for (Message m; reader->read({&m, 1}) != 0;) {
      all += fmt::format("\n{:.3f} {} {} ", static_cast<double>(m.timestamp.count()) / 1e9,
                         m.channel.name(), m.transmitted ? "T" : "R");
      format_frame(m, all);
    }
  } catch (const Error& error) {
    CHECK(error.code() == Errc::corrupt);
    all += fmt::format("\n! {}", error.what());
  }
  return all;
}

const std::string kGvret = "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n";
const std::string kOldGvret = "Time Stamp,ID,Extended,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n";
const std::string kCanedge =
    "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;ESI;RTR;DataBytes\n";

/// A log with these messages and this header.
std::string clx(const std::string& header, const std::string& rows) {
  return "# Logger type: CL2000\n# FW rev: 5.31\n" + header + "Timestamp;Type;ID;Data\n" + rows;
}

}  // namespace

TEST_CASE("a damaged header changes nothing for the rows behind it") {
  const std::string canedge = "1;1;7DF;0;2;2;0;0;0;0;0;02AB\n",
                    gvret = "1000000,000007DF,false,Rx,0,2,02,AB,\n",
                    clx000 = "20200101T000000000;0;7DF;02AB\n";
  const std::string all[][2] = {
      {"canedge", kCanedge + canedge + "TimestampEpoch,ID,IDE,DataBytez\n" + canedge},
      {"gvret", kGvret + gvret + "#ime Stamp,ID,Extended,Dir\n" + gvret +
                    "Time Stamp,ID,LEN,Bus,D1\n" + gvret},
      {"clx000", clx("", clx000 + "Timestamp;ID;Type;Dataa\n" + clx000)}};
  for (const auto& [format, text] : all) {
    CAPTURE(format);
    const auto reader = reader_of(format, text);
    reader->keep_going(true);
    std::vector<Message> messages(10);
    messages.resize(reader->read(messages));
    CHECK(messages.size() == (format == "gvret" ? 3 : 2));
    CHECK(reader->warning_count() == messages.size() - 1);
    for (const Message& m : messages)
      CHECK((m.id == 0x7DF && m.length == 2 && m.data[1] == 0xAB && !m.extended));
  }
}

TEST_CASE("gvret reads SavvyCAN's CSV of both ages") {
  CHECK(read("gvret", kGvret + "166064000,0000021A,false,Rx,0,2,FE,36,00,00,00,00,00,00,\r\n"
                               "166064001,1ABCDEF0,true,Tx,1,8,01,02,03,04,05,06,07,08,\r\n"
                               "\n0,00000000,false,Rx,0,0") ==
        "\n166.064 1 R 21A#FE36\n166.064 2 T 1ABCDEF0#0102030405060708\n0.000 1 R 000#");
  CHECK(read("gvret", kOldGvret + "1500000,0000021A,false,0,2,FE,36,00,00,00,00,00,00,\n") ==
        "\n1.500 1 R 21A#FE36");
  CHECK(read("gvret", kGvret + "1500000,0000021A,FALSE,RX,0,0\n1500000,0000021A,True,tx,0,0\n") ==
        "\n1.500 1 R 21A#\n1.500 1 T 0000021A#");
  CHECK(read("gvret", "").empty());
}

TEST_CASE("gvret refuses what SavvyCAN doesn't write") {
  const auto flaw = [](const std::string& row) { return read("gvret", kGvret + row + "\n"); };
  CHECK(flaw("x,0,false,Rx,0,0,") == "\n! a:2: expected a time in microseconds, got 'x'");
  CHECK(flaw("9223372036854776,0,false,Rx,0,0,") ==
        "\n! a:2: expected a time in microseconds, got '9223372036854776'");
  CHECK(flaw("1,20000000,true,Rx,0,0,") == "\n! a:2: expected an arbitration id, got '20000000'");
  CHECK(flaw("1,800,false,Rx,0,0,") == "\n! a:2: a standard id is at most 7FF");
  CHECK(flaw("1,1,maybe,Rx,0,0,") == "\n! a:2: expected true or false, got 'maybe'");
  CHECK(flaw("1,1,false,r,0,0,") == "\n! a:2: expected tx or rx, got 'r'");
  CHECK(flaw("1,1,false,Rx,256,0,") == "\n! a:2: expected the number of a bus, got '256'");
  CHECK(flaw("1,1,false,Rx,0,9,") == "\n! a:2: expected a length of 0 to 8, got '9'");
  CHECK(flaw("1,1,false,Rx,0,2,11,") == "\n! a:2: expected 2 bytes, got 1");
  CHECK(flaw("1,1,false,Rx,0,1,1122,") ==
        "\n! a:2: expected up to 1 bytes in hexadecimal, got '1122'");
  CHECK(flaw("1,1,false,Rx,0,1,1g,") == "\n! a:2: expected up to 1 bytes in hexadecimal, got '1g'");
  CHECK(flaw("1") == "\n! a:2: expected an arbitration id, got ''");
  CHECK(flaw("1,1,false,Rx,0,0" + std::string(99, ',')) == "\n! a:2: expected at most 80 columns");
  CHECK(read("gvret", "Time Stamp,ID,Extended,Dir,Bus\n") ==
        "\n! a:1: expected SavvyCAN's columns Time Stamp,ID,...,LEN,D1,..., got "
        "'Time Stamp,ID,Extended,Dir,Bus'");
}

TEST_CASE("SavvyCAN's CSV isn't taken for python-can's, and the user is told how to read it") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/drive.csv";
  auto sink = create_sink(path, IfThere::replace);
  sink->write(kGvret + "166064000,0000021A,false,Rx,0,2,FE,36,00,00,00,00,00,00,\n");
  sink->close();
  CHECK_THROWS_WITH(open_log(path),
                    Catch::Contains("drive.csv:1: ") && Catch::Contains("--from gvret reads it"));
  Message m;
  CHECK(open_log(path, {}, &format_named("gvret"))->read({&m, 1}) == 1);
}

TEST_CASE("canedge reads what mdf2csv writes") {
  CHECK(read("canedge", kCanedge +
                            "1597220160.123450;1;7DF;0;2;2;0;0;0;0;0;02ab\n"
                            "1597220160.2;2;1ABCDEF0;1;9;12;1;1;1;1;0;000102030405060708090A0B\n"
                            "1597220161;9;123;0;4;0;0;0;0;0;1;\n"
                            "1597220162;1;123;0;13;8;0;0;0;0;0;0102030405060708\n") ==
        "\n1597220160.123 1 R 7DF#02AB"
        "\n1597220160.200 2 T 1ABCDEF0##3000102030405060708090A0B"
        "\n1597220161.000 9 R 123#R4"
        "\n1597220162.000 1 R 123#0102030405060708_D");
  // Before ESI and RTR were there; another separator, another order.
  CHECK(read("canedge", "TimestampEpoch,ID,IDE,DataBytes,Dir\n1.5,7DF,0,0102,1\n") ==
        "\n1.500  T 7DF#0102");
  CHECK(format_named("canedge").sniff(kCanedge) > 0);
  CHECK(format_named("canedge").sniff(kGvret) == 0);
}

TEST_CASE("canedge refuses what mdf2csv doesn't write") {
  const auto flaw = [](const std::string& row) { return read("canedge", kCanedge + row + "\n"); };
  CHECK(flaw("1e99;1;7DF;0;0;0;0;0;0;0;0;") == "\n! a:2: expected a time in seconds, got '1e99'");
  CHECK(flaw("1;1;7DF;0;16;0;0;0;0;0;0;") ==
        "\n! a:2: expected a data length code, 0 to 15, got '16'");
  CHECK(flaw("1;1;7DF;0;1;65;0;0;0;0;0;11") == "\n! a:2: expected a length of 0 to 64, got '65'");
  CHECK(flaw("1;1;7DF;0;1;2;0;0;0;0;0;11") == "\n! a:2: expected 2 bytes in hexadecimal, got '11'");
  CHECK(flaw("1;1;7DF;0;1;1;2;0;0;0;0;11") == "\n! a:2: expected 0 or 1, got '2'");
  CHECK(flaw("1;1;7DF;0;9;9;0;0;0;0;0;112233445566778899") ==
        "\n! a:2: a classic frame has at most 8 bytes");
  CHECK(flaw("1;1;7DF;0;1;1;0;0;0;0;0;1") ==
        "\n! a:2: expected up to 64 bytes in hexadecimal, got '1'");
  CHECK_THAT(read("canedge", "TimestampEpoch;BusChannel;ID;DataLength\n"),
             Catch::Contains("a:1: expected the columns TimestampEpoch;...;ID;IDE;...;DataBytes"));
  CHECK_THAT(read("canedge", "TimestampEpoch"), Catch::Contains("a:1: expected the columns"));
}

TEST_CASE("clx000 reads the log of the manual") {
  const std::string log =
      clx("# Time: 20170101T022232\n# Value separator: \";\"\n# Time format: 4\n",
          "01T022231683;8;7df;02010d5555555555\n01T022231688;1;cf00203;\n");
  CHECK(read("clx000", log) ==
        "\n1483237351.683  T 7DF#02010D5555555555\n1483237351.688  R 0CF00203#");
  CHECK(reader_of("clx000", log)->writer() == "CL2000 5.31");
  CHECK(format_named("clx000").sniff(log) > 0);
  CHECK(format_named("clx000").sniff(kCanedge) == 0);
}

TEST_CASE("a CLX000 log is known in a file named .txt, as the loggers name them") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/0000001.txt";
  auto sink = create_sink(path, IfThere::replace);
  sink->write(clx("", "01T022231683;8;7df;02010d5555555555\n"));
  sink->close();
  Message m;
  CHECK(open_log(path)->read({&m, 1}) == 1);
}

TEST_CASE("clx000 reads times of all formats, and past midnight and new year") {
  const auto times = [](const std::string& start, const std::string& a, const std::string& b) {
    const std::string header = start.empty() ? "" : "# Time: " + start + "\n";
    return read("clx000", clx(header, a + ";0;1;\n" + b + ";0;1;\n"));
  };
  const auto at = [](std::string_view a, std::string_view b) {
    return fmt::format("\n{}  R 001#\n{}  R 001#", a, b);
  };
  const std::string eve = "20171231T235959";  // 1514764799
  CHECK(times(eve, "900", "100") == at("1514764798.900", "1514764799.100"));
  CHECK(times(eve, "59.900", "00.100") == at("1514764799.900", "1514764800.100"));
  CHECK(times(eve, "59:59,900", "00:00,100") == at("1514764799.900", "1514764800.100"));
  CHECK(times(eve, "23:59:59.900", "00:00:00.100") == at("1514764799.900", "1514764800.100"));
  CHECK(times(eve, "31T235959900", "01T000000100") == at("1514764799.900", "1514764800.100"));
  CHECK(times(eve, "12/31 235959900", "01/01 000000100") == at("1514764799.900", "1514764800.100"));
  CHECK(times(eve, "2017-12-31T23:59:59.900", "2018-01-01T00:00:00.100") ==
        at("1514764799.900", "1514764800.100"));
  CHECK(times("20180101T000000", "235959900", "000000100") ==
        at("1514764799.900", "1514764800.100"));
  CHECK(times("", "01T230000000", "02T010000000") == at("82800.000", "90000.000"));
  CHECK(times("", "230000000", "010000000") == at("82800.000", "90000.000"));
}

TEST_CASE("clx000 takes its times as those of the zone given") {
  const auto open = format_named("clx000").open;
  const std::string log = clx("# Time: 20180101T000000\n", "000000100;0;1;\n053000100;0;1;\n");
  auto reader = open(memory_source(log),
                     {.zone = {.local = false, .east_of_utc = std::chrono::minutes(330)}});
  Message two[2];
  REQUIRE(reader->read(two) == 2);
  CHECK(two[0].timestamp == std::chrono::milliseconds(1'514'745'000'100));
  CHECK(two[1].timestamp == std::chrono::milliseconds(1'514'764'800'100));
}

TEST_CASE("clx000 takes other columns and separators, and tells what the logger lost") {
  const std::string log =
      "# Logger type: CL1000\n# Value separator: \",\"\n"
      "Timestamp,Lost,ID,Length,Data\n01T000000001,0,7ff,1,ab\n01T000000002,3,800,0,\n";
  CHECK(read("clx000", log) == "\n0.001  R 7FF#AB\n0.002  R 00000800#");
  auto reader = reader_of("clx000", log);
  Message some[3];
  CHECK(reader->read(some) == 2);
  CHECK(reader->warnings() == std::vector<std::string>{"a:5: the logger lost 3 messages"});
}

TEST_CASE("clx000 refuses what no logger writes") {
  const auto flaw = [](const std::string& row) { return read("clx000", clx("", row + "\n")); };
  for (const std::string time :
       {"", "T", "12", "1234", "01T022231683999", "x1T022231683", "01T242231683", "01T026031683",
        "01T022260683", "32T022231683", "00T022231683", "1301T022231683", "2017010102223168399"}) {
    CAPTURE(time);
    CHECK(flaw(time + ";0;1;") ==
          fmt::format("\n! a:4: expected a time of the logger, got '{}'", time));
  }
  CHECK(flaw("01T022231683;2;1;") == "\n! a:4: expected a type 0, 1, 8 or 9, got '2'");
  CHECK(flaw("01T022231683;0;800;") == "\n! a:4: a standard id is at most 7FF");
  CHECK(flaw("01T022231683;0;1;112233445566778899") ==
        "\n! a:4: expected up to 8 bytes in hexadecimal, got '112233445566778899'");
  CHECK_THAT(read("clx000", "# Time: yesterday\n"),
             Catch::Contains("a:1: ") && Catch::Contains("expected a time as 20170101T022232"));
  CHECK_THAT(read("clx000", "Timestamp;Type;ID\n"),
             Catch::Contains("a:1: expected the columns Timestamp, ID and Data"));
}

TEST_CASE("a changed byte makes the dialects refuse, or read something else") {
  const std::pair<std::string_view, std::string> logs[] = {
      {"gvret", kGvret + "166064000,0000021A,false,Rx,0,2,FE,36,00,00,00,00,00,00,\n"},
      {"canedge", kCanedge + "1597220160.2;2;1ABCDEF0;1;9;12;1;1;1;1;0;000102030405060708090A0B\n"},
      {"clx000", clx("# Time: 20170101T022232\n", "01T022231683;8;7df;02010d5555555555\n")}};
  for (const auto& [format, log] : logs)
    for (std::size_t at = 0; at < log.size(); ++at)
      for (const int change : {0x01, 0x55, 0xFF}) {
        std::string damaged = log;
        damaged[at] = static_cast<char>(damaged[at] ^ change);
        CAPTURE(format, damaged);
        read(format, damaged);  // which checks what kind of error comes
        read(format, log.substr(0, at));
      }
}
