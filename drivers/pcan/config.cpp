// SPDX-License-Identifier: MIT
#include "drivers/pcan/config.h"

#include "drivers/pcan/channels.h"
#include "drivers/pcan/options.h"
#include "drivers/support/controllers.h"
#include "libcan/model/fail.h"

namespace can::pcan {
namespace {

constexpr std::uint32_t kDefaultBitrate = 500'000;

/// Those that PCANBasic.h has a name for.
constexpr controllers::KnownRate kRates[] = {
    {1'000'000, 0x0014}, {800'000, 0x0016}, {500'000, 0x001C}, {250'000, 0x011C}, {125'000, 0x031C},
    {100'000, 0x432F},   {95'238, 0xC34E},  {83'333, 0x852B},  {50'000, 0x472F},  {47'619, 0x1414},
    {33'333, 0x8B2F},    {20'000, 0x532F},  {10'000, 0x672F},  {5'000, 0x7F7F}};

/// The options that give the timing of one phase.
struct PhaseOptions {
  std::string_view prefix;  // of PCAN-Basic's words
  const Option &brp, &tseg1, &tseg2, &sjw, &sample_point;
};

constexpr PhaseOptions kNominal = {"nom", kNomBrp, kNomTseg1, kNomTseg2, kNomSjw, kSamplePoint};
constexpr PhaseOptions kData = {"data",     kDataBrp, kDataTseg1,
                                kDataTseg2, kDataSjw, kDataSamplePoint};

std::uint32_t value_of(const BusConfig& bus, const Option& option) {
  return static_cast<std::uint32_t>(number_of(bus.options, option));
}

bool is_any_given(const BusConfig& bus, const PhaseOptions& options) {
  return (value_of(bus, options.brp) | value_of(bus, options.tseg1) | value_of(bus, options.tseg2) |
          value_of(bus, options.sjw)) != 0;
}

BitTiming given_timing(const BusConfig& bus, const PhaseOptions& options, std::uint32_t clock) {
  BitTiming timing = {.brp = value_of(bus, options.brp),
                      .tseg1 = value_of(bus, options.tseg1),
                      .tseg2 = value_of(bus, options.tseg2),
                      .sjw = value_of(bus, options.sjw)};
  if (timing.brp == 0 || timing.tseg1 == 0 || timing.tseg2 == 0 || timing.sjw == 0)
    fail(Errc::invalid, "options '{0}_brp', '{0}_tseg1', '{0}_tseg2' and '{0}_sjw' need each other",
         options.prefix);
  timing.bitrate = clock / (timing.brp * (1 + timing.tseg1 + timing.tseg2));
  return timing;
}

BitTiming timing_of(const BusConfig& bus, const PhaseOptions& options, BitTimingLimits limits,
                    std::uint32_t bitrate) {
  limits.clock = value_of(bus, kClock);
  if (is_any_given(bus, options)) return given_timing(bus, options, limits.clock);
  return calculate_bit_timing(limits, bitrate, thousandths_of(bus.options, options.sample_point));
}

std::string text_of(const BitTiming& timing, const PhaseOptions& options) {
  return fmt::format(",{0}_brp={1},{0}_tseg1={2},{0}_tseg2={3},{0}_sjw={4}", options.prefix,
                     timing.brp, timing.tseg1, timing.tseg2, timing.sjw);
}

void set_fd_timing(const BusConfig& bus, Config& config) {
  config.bitrate = bus.bitrate != 0 ? bus.bitrate : kDefaultBitrate;
  const BitTiming nominal = timing_of(bus, kNominal, controllers::kFdNominal, config.bitrate);
  config.bitrate = nominal.bitrate;
  const std::uint32_t rate = bus.data_bitrate != 0 ? bus.data_bitrate : config.bitrate;
  const BitTiming data = timing_of(bus, kData, controllers::kFdData, rate);
  config.data_bitrate = data.bitrate;
  config.fd_timing = fmt::format("f_clock={}{}{}", value_of(bus, kClock),
                                 text_of(nominal, kNominal), text_of(data, kData));
}

void set_btr(const BusConfig& bus, Config& config) {
  const std::string_view btr = can::text_of(bus.options, kBtr);
  config.bitrate = bus.bitrate == 0 && btr.empty() ? kDefaultBitrate : bus.bitrate;
  config.btr = controllers::choose_btr(
      {config.bitrate, btr, thousandths_of(bus.options, kSamplePoint)}, kRates);
}

}  // namespace

Config make_config(const BusConfig& bus) {
  Config config;
  if (is_set(bus.options, kDeviceId))
    config.device_id = value_of(bus, kDeviceId);
  else
    config.channel = parse_channel(bus.channel);
  config.fd = bus.fd.value_or(bus.data_bitrate != 0);
  config.receive_own = bus.receive_own_messages;
  config.passive = can::text_of(bus.options, kState) == "PASSIVE";
  config.auto_reset = flag_of(bus.options, kAutoReset);
  config.flash = flag_of(bus.options, kFlash);
  config.fd ? set_fd_timing(bus, config) : set_btr(bus, config);
  return config;
}

}  // namespace can::pcan
