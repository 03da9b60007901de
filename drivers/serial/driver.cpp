// SPDX-License-Identifier: MIT
// Frames of python-can's own on a serial line: Bluetooth, two machines on a null modem, a board
// with the few lines of code it takes. codec.h has the bytes.
//
//   canlogger -i serial -c /dev/rfcomm0
//
// Source: python-can's manual, chapter "CAN over Serial".

#include "drivers/serial/codec.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/serial_bus.h"
#include "drivers/support/serial_options.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace serial_frame;
using std::chrono::nanoseconds;

constexpr std::string_view kDialects[] = {"flags", "4.1.0"};
constexpr Option kDialect = {.name = "dialect",
                             .help =
                                 "today's frame, or that of python-can 4.1.0 and before, whose "
                                 "id has no flags",
                             .kind = OptionKind::word,
                             .preset = "flags",
                             .words = kDialects};
constexpr Option kTimestamps = serial_options::timestamps_option("device");
constexpr Option kOptions[] = {
    serial_options::kBaudrate,  serial_options::kRtscts, kDialect, kTimestamps,
    serial_options::kReconnect, serial_options::kWait};

class Protocol final : public PacketProtocol {
 public:
  Protocol(Dialect dialect, bool device_timestamps)
      : PacketProtocol(kStart), dialect_(dialect), device_timestamps_(device_timestamps) {}

  void open(SerialLine&, Decoded&) override {
    start_anew();
    clock_ = DeviceClock(kPeriod);
  }

  const char* why_unsendable(const Message& message) const override {
    if (dialect_ == Dialect::flags || (!message.remote && !message.error)) return nullptr;
    return "the dialect 4.1.0 has neither remote nor error frames";
  }

  bool encode(const Message& message, std::vector<std::uint8_t>& out) override {
    encode_frame(message, dialect_, out);
    return true;
  }

  std::string details() const override { return dialect_ == Dialect::plain ? "dialect 4.1.0" : ""; }

 protected:
  Packet read(std::span<const std::uint8_t> bytes, nanoseconds arrival, Decoded& out) override {
    Message message;
    std::chrono::milliseconds time{};
    const Packet packet = decode_frame(bytes, dialect_, message, time);
    if (packet.state != Packet::State::complete) return packet;
    message.timestamp = time_of(time, arrival);
    out.messages.push_back(message);
    return packet;
  }

 private:
  static constexpr nanoseconds kPeriod = std::chrono::milliseconds(std::int64_t{1} << 32);

  /// A sender that has no clock sends 0.
  nanoseconds time_of(std::chrono::milliseconds time, nanoseconds arrival) {
    const bool has_time = device_timestamps_ && time.count() != 0;
    return has_time ? clock_.time_of(time, arrival) : arrival;
  }

  const Dialect dialect_;
  const bool device_timestamps_;
  DeviceClock clock_{kPeriod};
};

std::unique_ptr<Bus> open(const BusConfig& config) try {
  const bool plain = text_of(config.options, kDialect) == "4.1.0";
  const bool device_timestamps = text_of(config.options, kTimestamps) == "device";
  if (config.fd.value_or(false)) fail(Errc::unsupported, "the interface has no CAN FD");
  return std::make_unique<SerialBus>(
      serial_bus_options("serial", config),
      std::make_unique<Protocol>(plain ? Dialect::plain : Dialect::flags, device_timestamps));
} catch (const Error& error) {
  fail_at(name_of(config), error);
}

}  // namespace

namespace drivers {
extern const Driver serial;
constinit const Driver serial = {
    .name = "serial",
    .title = "python-can's frames on a serial line, such as Bluetooth",
    .channels = "/dev/rfcomm0, /dev/ttyUSB0@115200, tcp://host:port",
    .options = kOptions,
    .open = open,
    .detect = detect_serial,
    .channel_number = serial_channel_number,
};
}  // namespace drivers
}  // namespace can
