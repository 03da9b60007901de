// SPDX-License-Identifier: MIT
// A row a step of time, a column a signal.
#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "formats/signals/number_text.h"
#include "formats/signals/signals.h"
#include "formats/support/csv_cell.h"
#include "formats/support/resampler.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"

namespace can::signals {
namespace {

class Writer final : public TextLogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options, TextStyle style)
      : TextLogWriter(std::move(sink)),
        style_(style),
        decoder_(options),
        resampler_(options.signals->step, decoder_.signals().size(), options.signals->interpolate,
                   [this](auto time, auto cells) { put_row(time, cells); }) {
    for (const auto& [message, signal] : decoder_.signals()) {
      const std::string name = message->name + "." + signal->name;
      keys_.push_back(style == TextStyle::csv ? csv_cell(name)
                                              : fmt::format(",{}:", json_text(name)));
    }
    if (style == TextStyle::csv) put_header();
  }

  void write(std::span<const Message> messages) override {
    decoder_.decode(messages,
                    [this](const Message& m, const Decoded& decoded) { add(m, decoded); });
  }

  void close() override {
    decoder_.tell_losses(resampler_.late());
    resampler_.finish();
    TextLogWriter::close();
  }

 private:
  void add(const Message& m, const Decoded& decoded) {
    if (decoded.values.empty()) return;
    channels_.check(*decoded.message, m.channel);
    for (const Value& value : decoded.values) resampler_.add(value.number, m.timestamp, value);
  }

  void put_header() {
    out_.put("time");
    for (const std::string& key : keys_) {
      out_.put(",");
      out_.put(key);
    }
    out_.put("\n");
  }

  void put_row(std::chrono::nanoseconds time, std::span<const Cell> cells) {
    char* at = out_.room(kShort);
    if (style_ == TextStyle::json) at = put_text(at, "{\"time\":");
    out_.advance(time_.put_nanos(at, time));
    for (std::size_t i = 0; i < cells.size(); ++i) put_cell(keys_[i], cells[i]);
    out_.put(style_ == TextStyle::json ? "}\n" : "\n");
  }

  void put_cell(const std::string& key, const Cell& cell) {
    char* at = out_.room(key.size() + kShort);
    if (style_ == TextStyle::csv)
      *at++ = ',';
    else if (cell.kind != Cell::Kind::empty)
      at = put_text(at, key);
    if (cell.kind == Cell::Kind::exact) at = put_number(at, cell.value, style_);
    if (cell.kind == Cell::Kind::between) at = put_number(at, cell.number, style_);
    out_.advance(at);
  }

  static constexpr std::size_t kShort = 256;  // a number, and what stands around it

  TextStyle style_;
  LogDecoder decoder_;
  Resampler resampler_;
  std::vector<std::string> keys_;  // by Value::number
  OneChannel channels_;
  SecondsText time_;
};

}  // namespace

std::unique_ptr<LogWriter> create_wide_writer(std::unique_ptr<Sink> sink, const LogOptions& options,
                                              TextStyle style) {
  return std::make_unique<Writer>(std::move(sink), options, style);
}

}  // namespace can::signals
