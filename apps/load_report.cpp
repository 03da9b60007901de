// SPDX-License-Identifier: MIT
#include "apps/load_report.h"

#include <cerrno>
#include <cstdio>

#include "apps/bus_settings.h"
#include "libcan/flow/bus_group.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

LoadMeter::Rates rates_of(const Bus& bus, const BusConfig& config) {
  const BusState state = bus.state();
  return {.nominal = state.bitrate ? state.bitrate : config.bitrate,
          .data = state.data_bitrate ? state.data_bitrate : config.data_bitrate};
}

/// "can0             1200 rx/s       34 tx/s     0 errors/s   45.6 %"
std::string line_of(const LoadMeter::Reading& reading) {
  const std::string load = reading.load ? fmt::format("{:.1f}", *reading.load * 100) : "-";
  return fmt::format("{:<15} {:>7.0f} rx/s {:>7.0f} tx/s {:>5.0f} errors/s {:>6} %",
                     reading.channel ? reading.channel.name() : "-", reading.received, reading.sent,
                     reading.errors, load);
}

}  // namespace

void expect(LoadMeter& meter, const Bus& bus, const BusConfig& config, bool several_channels) {
  const LoadMeter::Rates rates = rates_of(bus, config);
  meter.expect_others(rates);
  if (!several_channels) meter.expect(Channel(config.channel), rates);
}

std::unique_ptr<Bus> open_metered(std::span<const BusConfig> configs, LoadMeter& meter) {
  std::vector<BusGroup::Member> members;
  for (const BusConfig& config : configs) {
    auto bus = open_bus(config);
    expect(meter, *bus, config, configs.size() == 1 && has_several_channels(configs));
    if (configs.size() == 1) return bus;
    members.push_back({.bus = std::move(bus), .channel = Channel(config.channel)});
  }
  return std::make_unique<BusGroup>(std::move(members));
}

LoadReport::LoadReport(LoadMeter& meter, RecordingReport& next)
    : meter_(meter), next_(next), redraws_(stdout_is_terminal()) {}

void LoadReport::on_written(std::span<const Message> batch) {
  meter_.add(batch);
  next_.on_written(batch);
}

void LoadReport::on_second(const Recording& recording) {
  const auto now = recording.duration();
  const auto readings = meter_.take(now - taken_);
  taken_ = now;
  std::string text = redraws_ && drawn_ > 0 ? fmt::format("\033[{}A", drawn_) : "";
  for (const LoadMeter::Reading& reading : readings)
    text += line_of(reading) + (redraws_ ? "\033[K\n" : "\n");
  drawn_ = readings.size();
  std::FILE* const output = standard_output_stream();
  std::fputs(text.c_str(), output);
  if (std::fflush(output) != 0) fail_errno("standard output", errno);
  next_.on_second(recording);
}

}  // namespace can::cli
