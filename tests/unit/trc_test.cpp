// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "formats/registry.h"
#include "libcan/error.h"
#include "libcan/frame_text.h"

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

TEST_CASE("a code above 8 with 8 bytes in a trace 1.1 is a classic frame") {
  CHECK(frame_in("0123  12  00 01 02 03 04 05 06 07 ") == "123#0001020304050607_C");
  CHECK(frame_in("0123  15  RTR") == "123#R8_F");
  CHECK(frame_in("0123  5  RTR") == "123#R5");
  CHECK_THAT(frame_in("0123  16  RTR"), Catch::Contains("CAN FD has no remote frames"));
}
