// SPDX-License-Identifier: MIT
#include "drivers/kvaser/config.h"

#include <charconv>
#include <span>

#include "drivers/kvaser/abi.h"
#include "drivers/kvaser/options.h"
#include "drivers/support/controllers.h"
#include "libcan/model/fail.h"

namespace can::kvaser {
namespace {

constexpr std::uint32_t kDefaultBitrate = 500'000;

struct Preset {
  std::uint32_t bitrate;
  long code;
};

constexpr Preset kClassic[] = {{1'000'000, -1}, {500'000, -2}, {250'000, -3},
                               {125'000, -4},   {100'000, -5}, {62'500, -6},
                               {50'000, -7},    {83'333, -8},  {10'000, -9}};
constexpr Preset kFd[] = {{500'000, -1000},
                          {1'000'000, -1001},
                          {2'000'000, -1002},
                          {4'000'000, -1003},
                          {8'000'000, -1005}};  // all with the sample point at 80 %

/// The preset of a bit rate, unless a sample point is wanted; else the calculated timing.
Params params_of(std::span<const Preset> presets, const BitTimingLimits& limits,
                 std::uint32_t bitrate, std::uint32_t sample_point) {
  if (sample_point == 0)
    for (const Preset& preset : presets)
      if (preset.bitrate == bitrate) return {.frequency = preset.code};
  const BitTiming timing = calculate_bit_timing(limits, bitrate, sample_point);
  return {static_cast<long>(timing.bitrate), timing.tseg1, timing.tseg2, timing.sjw};
}

unsigned quanta(const BusConfig& bus, const Option& option) {
  return static_cast<unsigned>(number_of(bus.options, option));
}

void set_nominal(const BusConfig& bus, Config& config) {
  const std::uint32_t sample_point = thousandths_of(bus.options, kSamplePoint);
  const Params given = {static_cast<long>(config.bitrate), quanta(bus, kTseg1), quanta(bus, kTseg2),
                        quanta(bus, kSjw)};
  const bool complete = given.tseg1 != 0 && given.tseg2 != 0 && given.sjw != 0;
  if (given.tseg1 == 0 && given.tseg2 == 0 && given.sjw == 0)
    config.nominal = params_of(config.fd ? std::span<const Preset>(kFd) : kClassic,
                               config.fd ? controllers::kFdNominal : controllers::kSja1000,
                               config.bitrate, sample_point);
  else if (!complete)
    fail(Errc::invalid, "options 'tseg1', 'tseg2' and 'sjw' need each other");
  else if (sample_point != 0)
    fail(Errc::invalid, "options 'tseg1' and 'sample_point' exclude each other");
  else
    config.nominal = given;
}

int open_flags(const BusConfig& bus, bool fd) {
  const auto bit = [&](const Option& option, int value) {
    return flag_of(bus.options, option) ? value : 0;
  };
  return bit(kVirtual, kAcceptVirtual) | bit(kSole, kExclusive) |
         bit(kOverride, kOverrideExclusive) | bit(kNoInit, kNoInitAccess) |
         (fd ? kCanFd | bit(kNonIso, kCanFdNonIso) : 0);
}

}  // namespace

int parse_channel(std::string_view text) {
  int channel = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, channel);
  if (error != std::errc() || end != last || channel < 0)
    fail(Errc::invalid, "expected a channel number, from 0, got {}", quote(text));
  return channel;
}

Config make_config(const BusConfig& bus) {
  Config config;
  config.channel = parse_channel(bus.channel);
  config.fd = bus.fd.value_or(bus.data_bitrate != 0);
  config.receive_own = bus.receive_own_messages;
  config.normal = flag_of(bus.options, kDriverMode);
  config.single_handle = flag_of(bus.options, kSingleHandle);
  config.flash = flag_of(bus.options, kFlash);
  config.open_flags = open_flags(bus, config.fd);
  config.samples = quanta(bus, kNoSamp);
  config.bitrate = bus.bitrate != 0 ? bus.bitrate : kDefaultBitrate;
  set_nominal(bus, config);
  if (!config.fd) return config;
  config.data_bitrate = bus.data_bitrate != 0 ? bus.data_bitrate : config.bitrate;
  config.data = params_of(kFd, controllers::kFdData, config.data_bitrate,
                          thousandths_of(bus.options, kDataSamplePoint));
  return config;
}

}  // namespace can::kvaser
