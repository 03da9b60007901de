// SPDX-License-Identifier: MIT
#include "formats/registry/split.h"

#include <utility>
#include <vector>

#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can {
namespace {

/// The part of messages without a channel has a name that no channel gets.
std::string part_of(Channel channel) {
  constexpr std::string_view kNone = "no-channel";
  if (!channel) return std::string(kNone);
  return channel.name() == kNone ? "no%2Dchannel" : file_name_text(channel.name());
}

/// Opens the parts of a log.
class Parts {
 public:
  Parts(const std::string& path, const LogOptions& options, const Format& format, Outputs& outputs)
      : name_(path, format), options_(options), format_(format), outputs_(outputs) {}

  std::unique_ptr<LogWriter> create(std::string_view part) {
    return create_log(outputs_.add(name_.of(part)), options_, format_);
  }

 private:
  PartName name_;
  LogOptions options_;
  const Format& format_;
  Outputs& outputs_;
};

class ChannelSplitter final : public LogWriter {
 public:
  explicit ChannelSplitter(Parts files) : files_(std::move(files)) {}

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) part(m.channel).batch.push_back(m);
    for (Part& part : parts_) {
      part.writer->write(part.batch);
      part.batch.clear();
    }
  }
  void flush() override {
    for (Part& part : parts_) part.writer->flush();
  }
  std::uint64_t size() const override {
    std::uint64_t sum = 0;
    for (const Part& part : parts_) sum += part.writer->size();
    return sum;
  }
  void close() override {
    for (Part& part : parts_) part.writer->close();
  }

 private:
  struct Part {
    std::unique_ptr<LogWriter> writer;
    std::vector<Message> batch;
  };

  Part& part(Channel channel) {
    std::size_t& place = places_[channel];
    if (place == 0) {
      parts_.push_back({files_.create(part_of(channel)), {}});
      place = parts_.size();
    }
    return parts_[place - 1];
  }

  Parts files_;
  std::vector<Part> parts_;
  ChannelTable<std::size_t> places_;  // index in parts_ + 1; 0: none
};

class TimeSplitter final : public LogWriter {
 public:
  TimeSplitter(Parts files, std::chrono::nanoseconds every)
      : files_(std::move(files)), every_(every) {}

  void write(std::span<const Message> messages) override {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (writer_ && messages[i].timestamp < end_) continue;
      if (writer_) writer_->write(messages.subspan(begin, i - begin));
      begin = i;
      begin_part(messages[i].timestamp);
    }
    if (writer_) writer_->write(messages.subspan(begin));
  }
  void flush() override {
    if (writer_) writer_->flush();
  }
  std::uint64_t size() const override { return closed_ + (writer_ ? writer_->size() : 0); }
  void close() override {
    if (writer_) writer_->close();
  }

 private:
  void begin_part(std::chrono::nanoseconds time) {
    if (!writer_) end_ = time;
    if (writer_) {
      writer_->close();
      closed_ += writer_->size();
    }
    const auto periods =
        (time - end_) / every_;  // periods without messages get a number, but no file
    number_ += static_cast<std::uint64_t>(periods) + (writer_ ? 1 : 0);
    end_ += every_ * (periods + 1);
    writer_ = files_.create(fmt::format("{:03}", number_));
  }

  Parts files_;
  std::chrono::nanoseconds every_, end_{};
  std::unique_ptr<LogWriter> writer_;
  std::uint64_t number_ = 0, closed_ = 0;
};

}  // namespace

Split parse_split(std::string_view text) {
  if (text == "channel") return {.by_channel = true};
  const Split split{.every = parse_duration(text, std::chrono::seconds(1))};
  if (!split.wanted())
    fail(Errc::invalid, "expected 'channel' or a time above 0, got {}", quote(text));
  return split;
}

std::unique_ptr<LogWriter> create_split_log(const std::string& path, const LogOptions& options,
                                            const Format& format, const Split& split,
                                            Outputs& outputs) {
  if (path == "-") fail(Errc::invalid, "standard output can't be split");
  Parts parts(path, options, format, outputs);
  if (split.by_channel) return std::make_unique<ChannelSplitter>(std::move(parts));
  return std::make_unique<TimeSplitter>(std::move(parts), split.every);
}

}  // namespace can
