// SPDX-License-Identifier: MIT
// fuzz_seeds FOLDER: writes seeds that the project's own writers make, each target's in a folder of
// its name. Those in tests/fuzz/seeds are made by hand.

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/robotell/codec.h"
#include "drivers/seeed/codec.h"
#include "drivers/serial/codec.h"
#include "drivers/slcan/codec.h"
#include "drivers/udp_multicast/datagram.h"
#include "formats/registry/registry.h"
#include "libcan/canb/canb.h"
#include "libcan/model/frame_text.h"
#include "libcan/remote/protocol.h"
#include "tests/sample.h"

using namespace can;

namespace {

constexpr std::size_t kFew = 12;  // messages of a small seed

template <class Bytes>
std::string text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(std::data(bytes)), std::size(bytes)};
}

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& target, std::string_view bytes) {
    const auto folder = folder_ / (target + "_fuzz");
    std::filesystem::create_directories(folder);
    std::ofstream(folder / std::to_string(count_++), std::ios::binary) << bytes;
  }

 private:
  const std::filesystem::path folder_;
  std::size_t count_ = 0;
};

/// What formats are only read is shown by the heads of their files.
constexpr std::pair<std::string_view, std::string_view> kReadOnly[] = {
    {"canedge",
     "TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;ESI;RTR;DataBytes\n"
     "1597220160.123450;1;7DF;0;8;8;0;0;0;0;0;02010D5555555555\n"},
    {"clx000",
     "# Logger type: CL2000\n# Time: 20170101T022232\nTimestamp;Type;ID;Data\n"
     "20200101T000000000;0;7DF;02AB\n"},
    {"gvret",
     "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
     "1000000,000007DF,false,Rx,0,2,02,AB,\n"}};

std::string log_of(const Format& format, std::span<const Message> messages) {
  std::string bytes;
  const auto writer = format.create(memory_sink(bytes), {.threads = 1});
  writer->write(messages);
  writer->event("a marker", messages.back().timestamp);
  writer->close();
  return bytes;
}

/// The first byte of an input picks the format, and whether reading goes on behind an error.
void add_formats(Seeds& seeds) {
  const auto formats = all_formats();
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const std::string first(1, static_cast<char>(2 * i + 1));
    for (const auto& [name, text] : kReadOnly)
      if (formats[i]->name == name) seeds.add("formats", first + std::string(text));
    if (!formats[i]->create || !formats[i]->open) continue;
    const auto messages = sample(formats[i]->keeps);
    seeds.add("formats", first + log_of(*formats[i], messages));
    seeds.add("formats", first + log_of(*formats[i], std::span(messages).first(kFew)));
  }
}

void add_serial(Seeds& seeds, const Message& message) {
  std::vector<std::uint8_t> flags, plain, robotell, seeed;
  serial_frame::encode_frame(message, serial_frame::Dialect::flags, flags);
  if (!message.fd) serial_frame::encode_frame(message, serial_frame::Dialect::plain, plain);
  if (!message.fd) robotell::encode_packet(message, robotell);
  if (!message.fd) seeed::encode_packet(message, seeed);
  for (const auto& bytes : {flags, plain, robotell, seeed})
    if (!bytes.empty()) seeds.add("serial", text_of(bytes));
  char line[slcan::kLongestFrame];
  seeds.add("serial", std::string(line, slcan::encode_frame(message, line)));
}

void add_frames(Seeds& seeds) {
  for (const Message& message : sample(keeps_all())) {
    std::array<std::uint8_t, udp_multicast::kLongestDatagram> datagram;
    const std::size_t size = udp_multicast::encode(message, datagram);
    seeds.add("datagram", text_of(std::span(datagram).first(size)));
    if (message.error) continue;
    std::string text;
    format_frame(message, text);
    seeds.add("text", text);
    add_serial(seeds, message);
  }
  for (const char* text : {"7E8:7FF", "400~700", "18FEDF00:1FFFFFFF,e", "1.5s", "250ms",
                           "S > 2.5 && M.S != on || S == 1e3", "(S > 2 || ('M.S' == on)) && S < 9",
                           "((((((((((((((((S > 1", "M S=on", "\"M\" \"S=0.5\"",
                           R"({"a": 1, "b": [true, null], "c": "\u00e4\ud83d\ude97"})"})
    seeds.add("text", text);
}

/// A file with most kinds of lines, and the data of a frame.
void add_dbc(Seeds& seeds) {
  using namespace std::string_literals;
  const std::string file =
      "VERSION \"1\"\nNS_ :\nBS_:\nBU_: A B\nVAL_TABLE_ Switch 1 \"On\" 0 \"Off\" ;\n"
      "BO_ 256 Engine: 8 A\n SG_ Speed : 0|16@1+ (0.125,0) [0|8000] \"rpm\" B\n"
      " SG_ Mode M : 23|8@0+ (1,0) [0|0] \"\" B\n SG_ Deep m1M : 24|8@1- (1,-40) [0|0] \"\" B\n"
      " SG_ Value m3 : 32|32@1- (1,0) [0|0] \"\" B\n"
      "BO_ 2566844926 CCVS: 8 Vector__XXX\n SG_ Wheel : 8|16@1+ (0.00390625,0) [0|250] \"km/h\" B\n"
      "BO_TX_BU_ 256 : A,B;\nCM_ SG_ 256 Speed \"of the \\\"crank\\\"\nshaft\";\n"
      "BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\nBA_DEF_DEF_ \"GenMsgCycleTime\" 100;\n"
      "BA_ \"GenMsgCycleTime\" BO_ 256 10;\nVAL_ 256 Mode 1 \"One\" -1 \"None\" ;\n"
      "SIG_VALTYPE_ 256 Value : 1;\nSG_MUL_VAL_ 256 Value Deep 3-5, 7-7;\n";
  seeds.add("dbc", file + "\0\x01\x02\x03\x04\x05\x06\x07\x08"s);
}

/// Batches whose columns can be changed, and a compressed one.
void add_batches(Seeds& seeds) {
  const auto messages = sample(keeps_all());
  for (const int level : {0, 5})
    for (const std::size_t count : {messages.size(), kFew}) {
      canb::Encoder encoder(level);
      encoder.add(std::span(messages).first(count));
      seeds.add("canb", encoder.take({.run = 7, .number = 1, .first_frame = 9}));
    }
}

void add_config(Seeds& seeds) {
  for (const char* text :
       {"[default]\ninterface = socketcan\nchannel = can0 # first\nbitrate = 500_000\n\n[other]\n"
        "; remark\nfd = true\nreceive_own_messages: on\n",
        R"({"interface": "udp_multicast", "channel": "239.74.163.2", "bitrate": 500000})",
        "can0,123:7FF,400~700,#FFFFFFFF,j"})
    seeds.add("config", text);
}

/// The answers of servers, each behind the number of its version in client_fuzz.
void add_answers(Seeds& seeds) {
  using namespace remote;
  constexpr Version kVersions[] = {Version::own, Version::v4, Version::v5};
  for (std::size_t i = 0; i < std::size(kVersions); ++i) {
    Encoder answer;
    answer.text(EventId::bus_response, "a bus");
    if (kVersions[i] == Version::own) {
      answer.session_info(false);
      answer.channel_name(1, "can0");
      answer.number(EventId::lost, 3);
      answer.text(EventId::notice, "link is down");
    }
    std::string bytes = static_cast<char>(i) + text_of(answer.bytes());
    for (const Message& message : sample(keeps_all())) {
      if (message.fd && kVersions[i] != Version::own) continue;
      std::array<std::uint8_t, kLongestFrame> frame;
      const std::size_t size = encode_message(kVersions[i], message, 1, frame);
      bytes += text_of(std::span(frame).first(size));
    }
    Encoder end;
    end.text(EventId::remote_exception, "the server is stopping");
    seeds.add("client", bytes + text_of(end.bytes()));
    seeds.add("client", static_cast<char>(i) + text_of(end.bytes()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Seeds seeds(argv[1]);
  add_formats(seeds);
  add_frames(seeds);
  add_batches(seeds);
  add_config(seeds);
  add_dbc(seeds);
  add_answers(seeds);
  return 0;
}
