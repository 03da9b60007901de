// SPDX-License-Identifier: MIT
#include "formats/sqlite/database_writer.h"
#include "formats/sqlite/signal_tables.h"
#include "formats/sqlite/sqlite.h"
#include "formats/support/log_decoder.h"
#include "formats/support/resampler.h"
#include "libcan/model/fail.h"

namespace can::sqlite {
namespace {

using signals::Decoded;

class SignalsWriter final : public DatabaseWriter {
 public:
  SignalsWriter(std::unique_ptr<Sink> sink, const LogOptions& options)
      : DatabaseWriter(std::move(sink), options.storage),
        decoder_(options),
        tables_(database(), decoder_.signals()) {
    create(SignalTables::schema());
  }

  std::uint64_t size() const override { return rows_ * kBytesARow; }

 private:
  static constexpr std::uint64_t kBytesARow = 64;  // estimated

  void insert(std::span<const Message> messages) override {
    decoder_.decode(messages, [this](const Message& m, const Decoded& decoded) {
      tables_.add(m, decoded);
      rows_ += decoded.values.empty() ? 0 : 1;
    });
  }
  void before_commit() override { tables_.update_view(); }
  void on_commit() override { unfinished_ = decoder_.transport(); }
  void on_roll_back() override {
    tables_.forget();
    decoder_.set_transport(unfinished_);
  }
  void finish() override { decoder_.tell_losses(); }

  signals::LogDecoder decoder_;
  signals::Transport unfinished_;  // at the last commit
  SignalTables tables_;
  std::uint64_t rows_ = 0;
};

/// A row a step of time in one table.
class SamplesWriter final : public DatabaseWriter {
 public:
  SamplesWriter(std::unique_ptr<Sink> sink, const LogOptions& options)
      : DatabaseWriter(std::move(sink), nullptr),
        decoder_(options),
        resampler_(options.signals->step, decoder_.signals().size(), options.signals->interpolate,
                   [this](auto time, auto cells) { put_row(time, cells); }) {
    create(table().c_str());
    std::string insert = "INSERT INTO samples VALUES(?,?";
    for (std::size_t i = 0; i < decoder_.signals().size(); ++i) insert += ",?";
    insert_ = Statement(database(), insert + ")");
  }

  std::uint64_t size() const override { return rows_ * 8 * (decoder_.signals().size() + 1); }

 private:
  std::string table() const {
    constexpr std::size_t kMostSignals = 1998;
    const std::size_t count = decoder_.signals().size();
    if (count > kMostSignals)
      fail(Errc::unsupported,
           "{} signals are more than the {} columns of a table of SQLite; --signals chooses some",
           count, kMostSignals);
    Names names;
    std::string sql = "CREATE TABLE samples(time REAL, time_ns INTEGER";
    for (const char* fixed : {"time", "time_ns"}) names.add(fixed);
    for (const auto& [message, signal] : decoder_.signals())
      sql += ", " + quoted_name(names.add(message->name + "." + signal->name));
    return sql + ")";
  }

  void insert(std::span<const Message> messages) override {
    decoder_.decode(messages, [this](const Message& m, const Decoded& decoded) {
      if (decoded.values.empty()) return;
      channels_.check(*decoded.message, m.channel);
      for (const signals::Value& value : decoded.values)
        resampler_.add(value.number, m.timestamp, value);
    });
  }
  void on_roll_back() override {}  // without a storage, nothing is rolled back
  void finish() override {
    decoder_.tell_losses(resampler_.late());
    resampler_.finish();
  }

  void put_row(std::chrono::nanoseconds time, std::span<const signals::Cell> cells) {
    using Kind = signals::Cell::Kind;
    SignalRow row(insert_, time);
    int at = 3;
    for (const signals::Cell& cell : cells) {
      if (cell.kind == Kind::exact) row.bind(at, cell.value);
      if (cell.kind == Kind::between) row.bind(at, cell.number);
      ++at;
    }
    insert_.run();
    ++rows_;
  }

  signals::LogDecoder decoder_;
  signals::OneChannel channels_;
  signals::Resampler resampler_;
  Statement insert_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_signals_writer(std::unique_ptr<Sink> sink,
                                                 const LogOptions& options) {
  if (!signals::is_resampled(options))
    return std::make_unique<SignalsWriter>(std::move(sink), options);
  if (options.storage) fail(Errc::unsupported, "{}: can't be recorded resampled", sink->name());
  return std::make_unique<SamplesWriter>(std::move(sink), options);
}

}  // namespace can::sqlite
