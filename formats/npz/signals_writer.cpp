// SPDX-License-Identifier: MIT
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/npz/channel_names.h"
#include "formats/npz/column_file.h"
#include "formats/npz/npz.h"
#include "formats/support/log_decoder.h"
#include "formats/support/resampler.h"
#include "formats/support/zip_writer.h"
#include "libcan/signals/addresses.h"

namespace can::npz {
namespace {

using signals::Decoded, signals::MessageDefinition, signals::Signal, signals::Value;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t kExactBits = 53;  // of a double

/// The arrays of an archive: columns of a ColumnFile, with names.
class Arrays {
 public:
  explicit Arrays(std::unique_ptr<Sink> sink) : zip_(std::move(sink)) {}

  /// Begins an array: `type` is as NumPy has it, of eight bytes. Returns its column.
  std::size_t add(const std::string& name, std::string_view type) {
    const std::size_t column = columns_.add_column();
    std::string free = name;
    while (!taken_.insert(free).second) free += '_';
    arrays_.push_back({std::move(free), type, column});
    return column;
  }
  /// An array of channels: the column has their indexes.
  std::size_t add_channels(const std::string& name) { return add(name, {}); }

  ColumnFile& columns() { return columns_; }
  ChannelNames& channels() { return channels_; }
  std::uint64_t size() const { return zip_.size(); }

  void close() {
    columns_.end();
    for (const Array& array : arrays_) write(array);
    zip_.close();
  }

 private:
  struct Array {
    std::string name;
    std::string_view type;  // empty: channels
    std::size_t column;
  };

  void write(const Array& array) {
    ZipBody body;
    std::vector<std::uint32_t> characters;
    columns_.read(array.column, [&](std::span<const std::uint64_t> values) {
      if (!array.type.empty()) return put(body, std::as_bytes(values));
      characters.clear();
      for (const std::uint64_t index : values)
        channels_.append(static_cast<std::uint16_t>(index), characters);
      put(body, std::as_bytes(std::span(characters)));
    });
    const std::string type = array.type.empty() ? channels_.type() : std::string(array.type);
    zip_.add(array.name + ".npy", array_head(type, columns_.rows(array.column)), body);
  }

  static void put(ZipBody& body, std::span<const std::byte> bytes) {
    body.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  ZipWriter zip_;
  ColumnFile columns_;
  ChannelNames channels_;
  std::vector<Array> arrays_;
  std::unordered_set<std::string> taken_;
};

bool needs_raw(const Signal& signal) {
  return signal.float_bits == 0 && signal.length > kExactBits;
}

/// The arrays of each message, of one length.
class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : decoder_(options), arrays_(std::move(sink)) {
    for (const auto& [message, signal] : decoder_.signals()) {
      Table& table = tables_[message];
      if (table.places.try_emplace(signal, table.signals.size()).second)
        table.signals.push_back(signal);
    }
  }

  void write(std::span<const Message> messages) override {
    decoder_.decode(messages,
                    [this](const Message& m, const Decoded& decoded) { add(m, decoded); });
  }
  void flush() override {}
  std::uint64_t size() const override { return values_ * 4; }  // compressed, estimated
  void close() override {
    decoder_.tell_losses();
    arrays_.close();
  }

 private:
  struct Table {
    std::vector<const Signal*> signals{};
    std::unordered_map<const Signal*, std::size_t> places{};
    bool begun = false;
    std::size_t time = 0, channel = 0, source = 0, destination = 0;  // columns
    std::vector<std::size_t> columns{};                              // of `signals`
    std::vector<std::size_t> raw{};      // columns of those with needs_raw()
    std::vector<const Value*> values{};  // of this message
  };

  void begin(Table& table, const MessageDefinition& message) {
    table.begun = true;
    const std::string prefix = message.name + ".";
    table.time = arrays_.add(prefix + "time", "<i8");
    table.channel = arrays_.add_channels(prefix + "channel");
    if (message.j1939) {
      table.source = arrays_.add(prefix + "source", "<i8");
      table.destination = arrays_.add(prefix + "destination", "<i8");
    }
    for (const Signal* signal : table.signals) {
      table.columns.push_back(arrays_.add(prefix + signal->name, "<f8"));
      if (needs_raw(*signal))
        table.raw.push_back(arrays_.add(prefix + signal->name + ".raw", "<u8"));
    }
  }

  void add(const Message& m, const Decoded& decoded) {
    if (decoded.values.empty()) return;
    Table& table = tables_.at(decoded.message);
    if (!table.begun) begin(table, *decoded.message);
    ColumnFile& columns = arrays_.columns();
    columns.put(table.time, m.timestamp.count());
    columns.put(table.channel, std::uint64_t{arrays_.channels().index_of(m.channel)});
    if (decoded.message->j1939) {
      const auto destination = signals::destination_of(m.id);
      columns.put(table.source, std::uint64_t{signals::source_of(m.id)});
      columns.put(table.destination, destination ? std::int64_t{*destination} : -1);
    }
    put_values(table, decoded.values);
  }

  void put_values(Table& table, std::span<const Value> values) {
    ColumnFile& columns = arrays_.columns();
    table.values.assign(table.signals.size(), nullptr);
    for (const Value& value : values) table.values[table.places.at(value.signal)] = &value;
    auto raw = table.raw.begin();
    for (std::size_t i = 0; i < table.signals.size(); ++i) {
      const Value* const value = table.values[i];
      columns.put(table.columns[i], value ? physical(*value) : kNothing);
      if (needs_raw(*table.signals[i])) columns.put(*raw++, value ? value->raw : 0);
    }
    values_ += table.signals.size();
  }

  signals::LogDecoder decoder_;
  Arrays arrays_;
  std::unordered_map<const MessageDefinition*, Table> tables_;
  std::uint64_t values_ = 0;
};

/// Arrays of one length: a value a step of time.
class SamplesWriter final : public LogWriter {
 public:
  SamplesWriter(std::unique_ptr<Sink> sink, const LogOptions& options)
      : decoder_(options),
        arrays_(std::move(sink)),
        time_(arrays_.add("time", "<i8")),
        resampler_(options.signals->step, decoder_.signals().size(), options.signals->interpolate,
                   [this](auto time, auto cells) { put_row(time, cells); }) {
    for (const auto& [message, signal] : decoder_.signals())
      columns_.push_back(arrays_.add(message->name + "." + signal->name, "<f8"));
  }

  void write(std::span<const Message> messages) override {
    decoder_.decode(messages, [this](const Message& m, const Decoded& decoded) {
      if (decoded.values.empty()) return;
      channels_.check(*decoded.message, m.channel);
      for (const Value& value : decoded.values) resampler_.add(value.number, m.timestamp, value);
    });
  }
  void flush() override {}
  std::uint64_t size() const override {
    return arrays_.size() + rows_ * 4 * (columns_.size() + 1);  // estimated
  }
  void close() override {
    decoder_.tell_losses(resampler_.late());
    resampler_.finish();
    arrays_.close();
  }

 private:
  void put_row(std::chrono::nanoseconds time, std::span<const signals::Cell> cells) {
    using Kind = signals::Cell::Kind;
    arrays_.columns().put(time_, time.count());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const signals::Cell& cell = cells[i];
      const double number = cell.kind == Kind::exact     ? physical(cell.value)
                            : cell.kind == Kind::between ? cell.number
                                                         : kNothing;
      arrays_.columns().put(columns_[i], number);
    }
    ++rows_;
  }

  signals::LogDecoder decoder_;
  signals::OneChannel channels_;
  Arrays arrays_;
  std::size_t time_;
  std::vector<std::size_t> columns_;
  signals::Resampler resampler_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_signals_writer(std::unique_ptr<Sink> sink,
                                                 const LogOptions& options) {
  if (signals::is_resampled(options))
    return std::make_unique<SamplesWriter>(std::move(sink), options);
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::npz
