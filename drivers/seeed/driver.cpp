// SPDX-License-Identifier: MIT
// Seeed's USB-CAN analyzer. codec.h has the bytes.
//
//   canlogger -i seeed -c /dev/ttyUSB0 -b 250000
//
// Source: python-can's manual, chapter "USB-CAN Analyzer". Other than there: an adapter that
// doesn't tell its status is reported.

#include "drivers/seeed/codec.h"
#include "drivers/support/serial_bus.h"
#include "drivers/support/serial_options.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace seeed;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::string_view kFrameTypes[] = {"std", "ext"};
constexpr std::string_view kModes[] = {"normal", "loopback", "silent", "loopback_and_silent"};

constexpr Option kBaudrate = serial_options::baudrate_option("2000000");
constexpr Option kFrameType = {.name = "frame_type",
                               .help = "kind of frames that the adapter is set up for",
                               .kind = OptionKind::word,
                               .preset = "std",
                               .words = kFrameTypes};
constexpr Option kMode = {.name = "operation_mode",
                          .help = "whether the adapter hears itself, and whether it sends",
                          .kind = OptionKind::word,
                          .preset = "normal",
                          .words = kModes,
                          .role = OptionRole::listen_only,
                          .yes = "silent",
                          .no = "normal"};
constexpr Option kOptions[] = {kBaudrate, serial_options::kRtscts,    kFrameType,
                               kMode,     serial_options::kReconnect, serial_options::kWait};

constexpr std::uint32_t kDefaultBitrate = 500'000;  // the adapter has to be told one
constexpr auto kAnswer = 300ms;

class Protocol final : public PacketProtocol {
 public:
  Protocol(const Setup& setup, std::uint32_t bitrate)
      : PacketProtocol(kStart), setup_(setup), bitrate_(bitrate) {}

  void open(SerialLine& line, Decoded& out) override {
    start_anew();
    answered_ = false;
    line.write(set_up_command(setup_));
    line.write(status_command());
    const Deadline deadline(kAnswer);
    while (!answered_ && !deadline.passed()) {
      if (line.wait(deadline.left(), line.has_unsent()) == SerialLine::Event::woken)
        fail(Errc::io, "interrupted");
      line.flush();
      line.read();
      line.consume(decode(line.unread(), now_since_epoch(), out));
    }
    if (!answered_)
      out.notices.emplace_back(
          "the adapter doesn't tell its status; is it Seeed's, and the baud rate right?");
  }

  const char* why_unsendable(const Message& message) const override {
    const bool silent = setup_.mode == Mode::silent || setup_.mode == Mode::loopback_and_silent;
    if (silent) return "the channel is listen-only";
    return message.error ? "a controller makes error frames by itself" : nullptr;
  }

  bool encode(const Message& message, std::vector<std::uint8_t>& out) override {
    encode_packet(message, out);
    return true;
  }

  std::string details() const override {
    return fmt::format("{} bit/s, {}", bitrate_, kModes[static_cast<unsigned>(setup_.mode)]);
  }

 protected:
  Packet read(std::span<const std::uint8_t> bytes, nanoseconds arrival, Decoded& out) override {
    Content content;
    const Packet packet = decode_packet(bytes, content);
    if (packet.state != Packet::State::complete) return packet;
    answered_ |= content.is_answer;
    if (content.is_answer) return packet;
    out.messages.push_back(content.message);
    out.messages.back().timestamp = arrival;
    return packet;
  }

 private:
  const Setup setup_;
  const std::uint32_t bitrate_;
  bool answered_ = false;
};

Mode mode_of(std::string_view word) {
  const auto found = std::ranges::find(kModes, word);
  return static_cast<Mode>(found - std::begin(kModes));
}

std::unique_ptr<Bus> open(const BusConfig& config) try {
  if (config.fd.value_or(false)) fail(Errc::unsupported, "the interface has no CAN FD");
  const std::uint32_t bitrate = config.bitrate == 0 ? kDefaultBitrate : config.bitrate;
  const auto code = bitrate_code(bitrate);
  if (!code) fail(Errc::unsupported, "the adapter has no code for {} bit/s", bitrate);
  const Setup setup = {.bitrate_code = *code,
                       .extended = text_of(config.options, kFrameType) == "ext",
                       .mode = mode_of(text_of(config.options, kMode))};
  return std::make_unique<SerialBus>(serial_bus_options("seeed", config, kBaudrate),
                                     std::make_unique<Protocol>(setup, bitrate));
} catch (const Error& error) {
  fail_at(name_of(config), error);
}

constexpr std::string_view kAliases[] = {"seeedstudio"};  // python-can's name

}  // namespace

namespace drivers {
extern const Driver seeed;
constinit const Driver seeed = {
    .name = "seeed",
    .title = "Seeed's USB-CAN analyzer",
    .channels = "/dev/ttyUSB0, /dev/ttyUSB0@2000000, tcp://host:port",
    .aliases = kAliases,
    .options = kOptions,
    .open = open,
    .detect = detect_serial,
    .channel_number = serial_channel_number,
};
}  // namespace drivers
}  // namespace can
