// SPDX-License-Identifier: MIT
// A row a step of time, a column a signal.
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
      keys_.push_back(style == TextStyle::csv ? csv_cell(name) : "," + json_text(name) + ":");
    }
    if (style == TextStyle::csv) put_header();
  }

  void write(std::span<const Message> messages) override {
    decoder_.decode(messages,
                    [this](const Message& m, const Decoded& decoded) { add(m, decoded); });
  }

  void close() override {
    decoder_.tell_losses();
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
    pieces_.text("time");
    for (const std::string& key : keys_) {
      pieces_.text(",");
      pieces_.text(key);
    }
    pieces_.text("\n");
  }

  void put_row(std::chrono::nanoseconds time, std::span<const Cell> cells) {
    pieces_.piece([&](char* at) {
      if (style_ == TextStyle::json) at = put_text(at, "{\"time\":");
      return time_.put_nanos(at, time);
    });
    for (std::size_t i = 0; i < cells.size(); ++i) put_cell(keys_[i], cells[i]);
    pieces_.text(style_ == TextStyle::json ? "}\n" : "\n");
  }

  void put_cell(const std::string& key, const Cell& cell) {
    if (style_ == TextStyle::csv)
      pieces_.text(",");
    else if (cell.kind != Cell::Kind::empty)
      pieces_.text(key);
    if (cell.kind == Cell::Kind::exact)
      pieces_.piece([&](char* at) { return put_number(at, cell.value, style_); });
    if (cell.kind == Cell::Kind::between)
      pieces_.piece([&](char* at) { return put_number(at, cell.number, style_); });
  }

  TextStyle style_;
  LogDecoder decoder_;
  TextPieces pieces_{out_};
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
