// SPDX-License-Identifier: MIT
// The CSV log with all columns, in a spreadsheet.

#include <catch2/catch.hpp>

#include "formats/registry/registry.h"
#include "formats/support/files.h"

using namespace can;

namespace {

std::string written(const Message& message) {
  std::string text;
  auto log = format_named("csv-extended").create(memory_sink(text), {});
  log->write(message);
  log->close();
  return text;
}

/// The message of `row`, a line below the header.
Message read(const std::string& row) {
  const std::string text = written({});
  const std::string header = text.substr(0, text.find('\n') + 1);
  auto reader = format_named("csv-extended").open(memory_source(header + row, "a"), {});
  Message message;
  REQUIRE(reader->read({&message, 1}) == 1);
  return message;
}

std::string row_of(const Message& message) {
  const std::string text = written(message);
  return text.substr(text.find('\n') + 1);
}

}  // namespace

TEST_CASE("csv: a name that a spreadsheet would calculate has an apostrophe", "[csv]") {
  const std::pair<const char*, const char*> names[] = {{"can0", ",can0,"},
                                                       {"=1+1", R"(,"'=1+1",)"},
                                                       {"+49", R"(,"'+49",)"},
                                                       {"-1", R"(,"'-1",)"},
                                                       {"@SUM", R"(,"'@SUM",)"},
                                                       {"'=1", R"(,"''=1",)"},
                                                       {"''-", R"(,"'''-",)"},
                                                       {"'a", ",'a,"},
                                                       {"'", ",',"},
                                                       {"a=1", ",a=1,"},
                                                       {R"(=a,"b")", R"(,"'=a,""b""",)"}};
  for (const auto& [name, cell] : names) {
    CAPTURE(name);
    const std::string row = row_of({.channel = Channel(name)});
    CHECK_THAT(row, Catch::Contains(cell));
    CHECK(read(row).channel.name() == name);
  }
  CHECK(read("0.0,0x0,0,0,0,0,,=1,0,0,0,rx,0\n").channel.name() == "=1");  // another program's
}

TEST_CASE("csv: numbers stay as they are", "[csv]") {
  CHECK_THAT(row_of({.timestamp = std::chrono::milliseconds(-1500)}),
             Catch::StartsWith("-1.500000,0x0,"));
}
