// SPDX-License-Identifier: MIT
// Adapters that speak LAWICEL's ASCII protocol on a serial line: CANUSB, CAN232, CANable, USBtin,
// and WiFi bridges that do so over TCP.
//
//   canlogger -i slcan -c /dev/ttyACM0 -b 500000
//   canlogger -i slcan -c tcp://192.168.4.1:3333
//
// Source: codec.h names the manuals; the option names and "device@baud" are those of python-can's
// slcan. Other than there: answers are waited for, so that a refused message is an error; bit rate
// and channel are set once; the adapter's clock, state and acceptance registers are used.

#include "drivers/slcan/protocol.h"
#include "drivers/support/controllers.h"
#include "drivers/support/serial_bus.h"
#include "drivers/support/serial_options.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

using namespace slcan;

constexpr std::string_view kS7Rates[] = {"800000", "750000"};
constexpr std::string_view kAnswerWords[] = {"auto", "yes", "no"};

constexpr Option kBtr = {.name = "btr",
                         .help = "bit timing instead of a bit rate: BTR0 and BTR1, 4 hex digits"};
constexpr Option kS7 = {.name = "s7",
                        .help = "bit rate that the adapter makes of S7",
                        .kind = OptionKind::word,
                        .preset = "800000",
                        .words = kS7Rates};
constexpr Option kListenOnly = {.name = "listen_only",
                                .help = "send nothing, not even acknowledgements",
                                .kind = OptionKind::flag,
                                .preset = "false",
                                .role = OptionRole::listen_only};
constexpr Option kAnswers = {.name = "answers",
                             .help = "whether the adapter answers each command",
                             .kind = OptionKind::word,
                             .preset = "auto",
                             .words = kAnswerWords};
constexpr Option kStatusInterval = {.name = "status_interval",
                                    .help = "time between two requests for the state; 0: none",
                                    .kind = OptionKind::duration,
                                    .preset = "1s"};
constexpr Option kTimestamps = serial_options::timestamps_option("host");
constexpr Option kOptions[] = {serial_options::kBaudrate,
                               serial_options::kRtscts,
                               kBtr,
                               kS7,
                               kListenOnly,
                               kAnswers,
                               kStatusInterval,
                               kTimestamps,
                               serial_options::kReconnect,
                               serial_options::kWait};

void set_bitrate(const BusConfig& bus, Config& config) {
  const std::string_view btr = text_of(bus.options, kBtr);
  if (!btr.empty() && bus.bitrate != 0)
    fail(Errc::invalid, "a bit rate and option 'btr' exclude each other");
  if (!btr.empty()) {
    controllers::parse_btr(btr);
    config.bitrate_command = fmt::format("s{}", btr);
    config.bitrate_text = fmt::format("BTR {}", btr);
  }
  if (bus.bitrate == 0) return;
  const std::uint32_t s7 = text_of(bus.options, kS7) == "750000" ? 750'000 : 800'000;
  const auto command = bitrate_command(bus.bitrate, s7);
  if (!command)
    fail(Errc::unsupported, "no code for {} bit/s; \"-o btr=XXXX\" sets the bit timing{}",
         bus.bitrate,
         bus.bitrate == 750'000 ? ", \"-o s7=750000\" is for adapters that make that of S7" : "");
  config.bitrate_command = *command;
  config.bitrate_text = fmt::format("{} bit/s", bus.bitrate);
}

/// "Y2" for 2 Mbit/s.
void set_data_bitrate(const BusConfig& bus, Config& config) {
  constexpr std::uint32_t kStep = 1'000'000, kMax = 9;
  const std::uint32_t rate = bus.data_bitrate;
  if (rate == 0) return;
  if (rate % kStep != 0 || rate / kStep > kMax)
    fail(Errc::unsupported, "no code for a data bit rate of {} bit/s, only for whole Mbit/s", rate);
  config.data_bitrate_command = fmt::format("Y{}", rate / kStep);
  config.bitrate_text +=
      fmt::format("{}data {} bit/s", config.bitrate_text.empty() ? "" : ", ", rate);
}

Config slcan_config(const BusConfig& bus) {
  const std::string_view answers = text_of(bus.options, kAnswers);
  Config config = {.bitrate_command = {},
                   .data_bitrate_command = {},
                   .bitrate_text = {},
                   .bitrate = bus.bitrate,
                   .data_bitrate = bus.data_bitrate,
                   .listen_only = flag_of(bus.options, kListenOnly),
                   .device_timestamps = text_of(bus.options, kTimestamps) == "device",
                   .receive_own = bus.receive_own_messages,
                   .answers = answers == "no"    ? Answers::no
                              : answers == "yes" ? Answers::yes
                                                 : Answers::find_out,
                   .status_every = duration_of(bus.options, kStatusInterval),
                   .filters = bus.filters};
  set_bitrate(bus, config);
  set_data_bitrate(bus, config);
  return config;
}

std::unique_ptr<Bus> open(const BusConfig& config) try {
  SerialBusOptions options = serial_bus_options("slcan", config);
  options.fd = config.fd.value_or(config.data_bitrate != 0);
  return std::make_unique<SerialBus>(std::move(options),
                                     std::make_unique<Protocol>(slcan_config(config)));
} catch (const Error& error) {
  fail_at(name_of(config), error);
}

}  // namespace

namespace drivers {
extern const Driver slcan;
constinit const Driver slcan = {
    .name = "slcan",
    .title = "adapters with LAWICEL's ASCII protocol, on a serial line or TCP",
    .channels = "/dev/ttyACM0, /dev/ttyUSB0@115200, tcp://host:port",
    .options = kOptions,
    .open = open,
    .detect = detect_serial,
    .channel_number = serial_channel_number,
};
}  // namespace drivers
}  // namespace can
