// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>

#include "apps/recording_report.h"
#include "cansuite/config.h"
#include "libcan/flow/load_meter.h"

namespace can::cli {

/// Tells `meter` the rates of a bus, and its channel, unless the bus has several.
void expect(LoadMeter& meter, const Bus& bus, const BusConfig& config, bool several_channels);

/// Opens the buses as open_buses() does; `meter` gets their channels and rates.
std::unique_ptr<Bus> open_metered(std::span<const BusConfig> configs, LoadMeter& meter);

/// Prints the load of each channel on stdout once a second: a line that is redrawn on a terminal, a
/// line more elsewhere. Passes everything on to another report.
class LoadReport final : public RecordingListener {
 public:
  LoadReport(LoadMeter& meter, RecordingReport& next);

  void on_written(std::span<const Message> batch) override;
  void on_notice(const std::string& text) override { next_.on_notice(text); }
  void on_second(const Recording& recording) override;
  void on_round(const Recording& recording) override { next_.on_round(recording); }
  void on_failure(const Error& error) override { next_.on_failure(error); }

 private:
  LoadMeter& meter_;
  RecordingReport& next_;
  const bool redraws_;
  std::size_t drawn_ = 0;  // lines on the terminal
  std::chrono::nanoseconds taken_{};
};

/// A log that keeps nothing.
class NoLog final : public LogWriter {
 public:
  void write(std::span<const Message>) override {}
  void flush() override {}
  std::uint64_t size() const override { return 0; }
  void close() override {}
};

}  // namespace can::cli
