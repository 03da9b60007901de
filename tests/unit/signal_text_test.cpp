// SPDX-License-Identifier: MIT
// Logs of signals as text, beside the plain one: texts and names of any length.
#include <catch2/catch.hpp>
#include <string>

#include "cansuite/frame.h"
#include "cansuite/stream.h"
#include "formats/registry/registry.h"
#include "tests/signals_support.h"

using namespace can;

namespace {

/// What the format makes of the messages, byte 0 of which has the signal Mode.
std::string written(const std::string& format, const std::string& unit, const std::string& text,
                    std::span<const Message> messages) {
  auto content = std::make_shared<signals::LogContent>();
  content->catalog.databases.push_back(
      {Parsed(message_with(" SG_ Mode : 0|8@1+ (0.5,-1) [0|0] \"" + unit + "\" B",
                           "VAL_ 5 Mode 4 \"" + text + "\" ;"))
           .database,
       {}});
  std::string bytes;
  const auto writer =
      format_named(format).create(memory_sink(bytes), {.signals = std::move(content)});
  writer->write(messages);
  writer->close();
  return bytes;
}

std::vector<Message> two_messages() {
  std::vector<Message> messages{frame(5, {4}), frame(5, {7})};
  messages[0].channel = Channel("can0");
  messages[0].timestamp = std::chrono::nanoseconds(1'600'000'000'000'000'001);
  messages[1].channel = Channel("a channel, with a long name and a \"quote\"");
  messages[1].timestamp = std::chrono::nanoseconds(-1);
  return messages;
}

}  // namespace

TEST_CASE("signals as text have units and texts of any length", "[signals]") {
  for (const std::size_t size : {1, 31, 32, 33, 1023, 1024, 300'000}) {
    CAPTURE(size);
    const std::string unit(size, 'u'), text(size + 1, 't');
    CHECK((written("signals-csv", unit, text, two_messages()) ==
           "time,channel,message,signal,value,unit,text\n"
           "1600000000.000000001,can0,T,Mode,1," +
               unit + "," + text +
               "\n"
               "-0.000000001,\"a channel, with a long name and a \"\"quote\"\"\",T,Mode,2.5," +
               unit + ",\n"));
    CHECK((written("signals", unit, text, two_messages()) ==
           "{\"timestamp\":1600000000.000000001,\"channel\":\"can0\",\"id\":5,\"extended\":false,"
           "\"message\":\"T\",\"signals\":{\"Mode\":{\"value\":1,\"text\":\"" +
               text +
               "\"}}}\n"
               "{\"timestamp\":-0.000000001,\"channel\":\"a channel, with a long name and a "
               "\\\"quote\\\"\",\"id\":5,\"extended\":false,\"message\":\"T\",\"signals\":{"
               "\"Mode\":2.5}}\n"));
  }
}
