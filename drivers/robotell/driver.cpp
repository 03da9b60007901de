// SPDX-License-Identifier: MIT
// Robotell's USB-CAN adapters. codec.h has the bytes.
//
//   canlogger -i robotell -c /dev/ttyUSB0 -b 500000
//
// Source: python-can's manual, chapter "Chinese CAN-USB interface (mfg. Robotell etc.)". Other than
// there: an adapter that answers nothing is an error, and it is waited for no longer than it takes.

#include <algorithm>

#include "drivers/robotell/codec.h"
#include "drivers/support/serial_bus.h"
#include "drivers/support/serial_options.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace robotell;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr Option kOptions[] = {serial_options::kBaudrate, serial_options::kRtscts,
                               serial_options::kReconnect, serial_options::kWait};

constexpr std::uint32_t kMaxBitrate = 1'000'000;
constexpr auto kAnswer = 1s;

class Protocol final : public PacketProtocol {
 public:
  explicit Protocol(std::uint32_t bitrate) : PacketProtocol(kStart), bitrate_(bitrate) {}

  void open(SerialLine& line, Decoded& out) override {
    start_anew();
    serial_number_ = {};
    answers_ = 0;
    write_settings(line);
    const Deadline deadline(kAnswer);
    while (answers_ == 0 || serial_number_[1].empty()) {
      const auto event = line.wait(deadline.left(), line.has_unsent());
      if (event == SerialLine::Event::woken) fail(Errc::io, "interrupted");
      line.flush();
      line.read();
      line.consume(decode(line.unread(), now_since_epoch(), out));
      if (deadline.passed()) break;
    }
    if (answers_ == 0)
      fail(Errc::io,
           "the adapter doesn't answer; is it one of Robotell's, and the baud rate right?");
  }

  const char* why_unsendable(const Message& message) const override {
    return message.error ? "a controller makes error frames by itself" : nullptr;
  }

  bool encode(const Message& message, std::vector<std::uint8_t>& out) override {
    encode_packet(message, out);
    return true;
  }

  std::string details() const override {
    std::string text = serial_number_[0] + serial_number_[1];
    if (!text.empty()) text = "serial number " + text;
    if (bitrate_ != 0) text += fmt::format("{}{} bit/s", text.empty() ? "" : ", ", bitrate_);
    return text;
  }

 protected:
  Packet read(std::span<const std::uint8_t> bytes, nanoseconds arrival, Decoded& out) override {
    Content content;
    const Packet packet = decode_packet(bytes, content);
    if (packet.state != Packet::State::complete) return packet;
    if (content.is_setting)
      take_setting(content.message);
    else
      out.messages.push_back(content.message), out.messages.back().timestamp = arrival;
    return packet;
  }

 private:
  void write_settings(SerialLine& line) {
    std::vector<std::uint8_t> bytes;
    encode_setting(kReset, 0, 8, false, bytes);
    if (bitrate_ != 0) encode_setting(kBitrate, bitrate_, 4, false, bytes);
    encode_setting(kSerialNumber1, 0, 8, true, bytes);
    encode_setting(kSerialNumber2, 0, 8, true, bytes);
    line.write(bytes);
  }

  void take_setting(const Message& m) {
    ++answers_;
    if (m.id != kSerialNumber1 && m.id != kSerialNumber2) return;
    std::string& part = serial_number_[m.id == kSerialNumber2];
    part.assign(m.data.begin(), m.data.begin() + m.length);
    std::erase_if(part, [](char c) { return c <= ' ' || c > '~'; });
  }

  const std::uint32_t bitrate_;
  std::array<std::string, 2> serial_number_;
  int answers_ = 0;
};

std::unique_ptr<Bus> open(const BusConfig& config) try {
  if (config.fd.value_or(false)) fail(Errc::unsupported, "the interface has no CAN FD");
  if (config.bitrate > kMaxBitrate)
    fail(Errc::unsupported, "the interface has at most {} bit/s", kMaxBitrate);
  return std::make_unique<SerialBus>(serial_bus_options("robotell", config),
                                     std::make_unique<Protocol>(config.bitrate));
} catch (const Error& error) {
  fail_at(name_of(config), error);
}

}  // namespace

namespace drivers {
extern const Driver robotell;
constinit const Driver robotell = {
    .name = "robotell",
    .title = "Robotell's USB-CAN adapters",
    .channels = "/dev/ttyUSB0, /dev/ttyUSB0@115200, tcp://host:port",
    .options = kOptions,
    .open = open,
    .detect = detect_serial,
    .channel_number = serial_channel_number,
};
}  // namespace drivers
}  // namespace can
