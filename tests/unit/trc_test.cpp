// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "formats/registry/registry.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"

using namespace can;

namespace {

/// The frame in a row of version 1.1, as candump writes it, or what is wrong with it.
std::string frame_in(const std::string& row) {
  const std::string log = ";$FILEVERSION=1.1\n;$STARTTIME=44548.5\n  1)  1.5  Rx  " + row + "\n";
  try {
    Message m;
    std::string text;
    auto reader = format_named("trc").open(memory_source(log, "a.trc"), {});
    if (reader->read({&m, 1}) == 1) format_frame(m, text);
    return text;
  } catch (const Error& error) {
    CHECK(error.code() == Errc::corrupt);
    return error.what();
  }
}

}  // namespace

TEST_CASE("more than 8 bytes in a trace 1.1 are a CAN FD frame, as our writer leaves them") {
  CHECK(frame_in("0123  2  11 22") == "123#1122");
  CHECK(frame_in("0123  12  00 01 02 03 04 05 06 07 08 09 0A 0B") ==
        "123##0000102030405060708090A0B");
  CHECK_THAT(frame_in("0123  16  00 01"), Catch::StartsWith("a.trc:3: "));
  CHECK_THAT(frame_in("0123  65  00"), Catch::Contains("expected a data length, got '65'"));
}

TEST_CASE("a trace's row with more data than its length says is refused") {
  CHECK_THAT(frame_in("0123  2  11 22 33"),
             Catch::EndsWith("expected 2 data bytes, got more: '33'"));
  CHECK_THAT(frame_in("0123  0  11"), Catch::EndsWith("expected 0 data bytes, got more: '11'"));
  CHECK_THAT(frame_in("0123  1  112"), Catch::EndsWith("expected 1 data bytes, got '112'"));
  CHECK(frame_in("0123  2  11 22 ") == "123#1122");
  CHECK(frame_in("0123  2  11 22 ;") == "123#1122");
}

TEST_CASE("types and directions of a trace may be in any case; an unknown type is told") {
  const std::string head = ";$FILEVERSION=2.1\n;$COLUMNS=N,O,T,B,I,d,R,L,D\n";
  auto reader = format_named("trc").open(
      memory_source(head + " 1 1.5 dt 1 0123 TX - 1 11\n 2 1.5 XX 1 0123 Rx - 1 11\n"
                           " 3 1.5 ST 1 - - - 4 00 00 00 00\n 4 1.5 fb 1 0123 rx - 1 22\n",
                    "a.trc"),
      {});
  Message m[4];
  REQUIRE(reader->read(m) == 2);
  CHECK(m[0].transmitted);
  CHECK((m[1].fd && m[1].brs && !m[1].transmitted));
  CHECK(reader->read(m) == 0);
  REQUIRE(reader->warning_count() == 1);
  CHECK(reader->warnings()[0] ==
        "a.trc: 1 line not understood, at line 4: ' 2 1.5 XX 1 0123 Rx - 1 11'");
}

TEST_CASE("a trace that was joined to a cut one has a version and a start of its own") {
  const std::string second = ";$FILEVERSION=2.1\n;$STARTTIME=44548.5\n 1 1.5 FD 1 0123 Rx - 1 22\n";
  for (const char* cut : {"0123 2 11 ", "0123 1 11", "0123 1 11 "}) {
    CAPTURE(cut);
    auto reader =
        format_named("trc").open(memory_source(";$FILEVERSION=1.1\n 1) 1.0 Rx 0123 0\n 2) 1.5 Rx " +
                                               std::string(cut) + second),
                                 {});
    Message m;
    std::size_t count = 0;
    for (bool more = true; more;) try {
        more = reader->read({&m, 1}) == 1;
        count += more;
      } catch (const Error&) {
      }
    CHECK(count >= 2);
    CHECK(m.fd);
    CHECK(m.timestamp > std::chrono::hours(24 * 365 * 40));
  }
}

TEST_CASE("a code above 8 with 8 bytes in a trace 1.1 is a classic frame") {
  CHECK(frame_in("0123  12  00 01 02 03 04 05 06 07 ") == "123#0001020304050607_C");
  CHECK(frame_in("0123  15  RTR") == "123#R8_F");
  CHECK(frame_in("0123  5  RTR") == "123#R5");
  CHECK_THAT(frame_in("0123  16  RTR"), Catch::Contains("CAN FD has no remote frames"));
}

TEST_CASE("in a trace 2.x the length column may count the bytes of a CAN FD frame") {
  const auto frame = [](const std::string& row) {
    Message m;
    std::string text;
    auto reader = format_named("trc").open(
        memory_source(";$FILEVERSION=2.1\n;$COLUMNS=N,O,T,B,I,d,R,L,D\n 1 1.5 " + row + "\n"), {});
    if (reader->read({&m, 1}) == 1) format_frame(m, text);
    return text;
  };
  const std::string twelve = "00 01 02 03 04 05 06 07 08 09 0A 0B";
  CHECK(frame("FD 1 0123 Rx - 9 " + twelve) == "123##0000102030405060708090A0B");
  CHECK(frame("FD 1 0123 Rx - 12 " + twelve) == "123##0000102030405060708090A0B");
  CHECK(frame("FB 1 0123 Rx - 16 " + twelve + " 0C 0D 0E 0F") ==
        "123##1000102030405060708090A0B0C0D0E0F");
  CHECK(frame("FD 1 0123 Rx - 12 " + twelve + " " + twelve) ==
        "123##0000102030405060708090A0B000102030405060708090A0B");
  CHECK_THROWS_AS(frame("DT 1 0123 Rx - 16 " + twelve + " 0C 0D 0E 0F"), Error);
}

TEST_CASE("the start of a trace may have a decimal comma, and a semicolon behind it") {
  const auto start = [](const std::string& text) {
    Message m;
    auto reader = format_named("trc").open(
        memory_source(";$FILEVERSION=1.1;\n;$STARTTIME=" + text + "\n 1) 0.0 Rx 0123 0\n"),
        {.zone = {.local = false}});
    REQUIRE(reader->read({&m, 1}) == 1);
    return m.timestamp / std::chrono::hours(1);
  };
  CHECK(start("25569.5") == 12);
  CHECK(start("25569,5") == 12);
  CHECK(start("25569.5;") == 12);
}
