// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "formats/mf4/data_image.h"
#include "formats/mf4/image.h"
#include "formats/mf4/layouts.h"
#include "formats/mf4/metadata.h"
#include "formats/mf4/mf4.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/compression_level.h"
#include "formats/support/ordered_pool.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

using std::chrono::nanoseconds;

constexpr unsigned kMaxThreads = 8;
constexpr std::size_t kUsualPacking = 5;       // typical compression ratio
constexpr std::size_t kBlock = 256 * 1024;     // bytes of records in a data block
constexpr std::size_t kMaxWaiting = 16 << 20;  // bytes of records of all groups
constexpr std::size_t kMaxMarker = 4096;       // bytes of text

/// The start of a log: a second, as other programs read it with microseconds only.
std::int64_t start_for(nanoseconds first) {
  return std::max<std::int64_t>(0, first.count() - first.count() % 1'000'000'000);
}

/// a - b; wraps where they are more than 292 years apart, as reading does.
std::int64_t difference(nanoseconds a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a.count()) -
                                   static_cast<std::uint64_t>(b));
}

/// A data group of the log, and its records that are in no data block yet.
struct Group {
  std::size_t record_size = 0;
  std::uint64_t count_at = 0;  // place of the number of records
  std::uint64_t link_at = 0;   // place of the link to the next list
  std::uint64_t sealed = 0;    // bytes of records in data blocks
  std::uint64_t written = 0;   // of these, in the file
  std::vector<char> records{};
};

struct Marker {
  std::string text;
  std::optional<nanoseconds> at;
};

class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : sink_(std::move(sink)),
        level_(static_cast<int>(number_of(options.options, kCompressionLevel))),
        numbers_(options.channel),
        images_(2 * thread_count(options.threads, kMaxThreads)),
        pool_(thread_count(options.threads, kMaxThreads), images_.size(),
              [this](std::size_t at) { make_block(images_[at], level_); }) {}

  void write(std::span<const Message> messages) override {
    if (messages.empty()) return;
    begin(messages.front().timestamp);
    for (const Message& m : messages) put(m);
    last_ = messages.back().timestamp;
  }

  bool put_event(std::string_view text, std::optional<nanoseconds> at) override {
    markers_.push_back({std::string(text.substr(0, kMaxMarker)), at});
    if (begun_) write_markers();
    return true;
  }

  void flush() override {
    if (!begun_) return;  // the header needs the start: markers wait for the first message
    write_all();
    sink_->flush();
  }

  std::uint64_t size() const override {
    return size_ + waiting_ / (level_ > 0 ? kUsualPacking : 1);
  }

  void close() override {
    begin({});
    write_all();
    for (const Group& group : groups_)
      if (group.record_size > 0) patch(group.count_at, group.sealed / group.record_size);
    patch(kUnfinishedAt, std::uint16_t{0});
    sink_->patch(0, kFinished);
    sink_->close();
  }

 private:
  void begin(nanoseconds first) {
    if (begun_) return;
    for (const Marker& marker : markers_)
      if (marker.at) first = std::min(first, *marker.at);
    start_ = start_for(first);
    last_ = nanoseconds(start_);
    append(log_head(start_));
    begun_ = true;
    write_markers();
  }

  void put(const Message& message) {
    Group& group = group_of(layout_of(message), message.channel);
    const std::size_t size = group.records.size();
    group.records.resize(size + group.record_size);
    put_record(group.records.data() + size, message, difference(message.timestamp, start_),
               numbers_.number(message.channel));
    waiting_ += group.record_size;
    if (group.records.size() + group.record_size > kBlock) seal(group);
    if (waiting_ > kMaxWaiting) seal_all();
  }

  Group& group_of(std::size_t layout, Channel channel) {
    std::size_t& number = numbers_of_groups_[layout][channel];
    if (number == 0) number = find_group(layout, channel);
    return groups_[number - 1];
  }

  /// Channels of the same number share a group. Returns its index + 1.
  std::size_t find_group(std::size_t layout, Channel channel) {
    const unsigned bus = numbers_.number(channel);
    const std::size_t index = std::size_t{bus} * kLayouts + layout;
    if (index >= groups_by_bus_.size()) groups_by_bus_.resize(index + 1);
    std::size_t& number = groups_by_bus_[index];
    if (number == 0) number = add_group(can::mf4::layout(layout), bus);
    return number;
  }

  std::size_t add_group(const Layout& layout, unsigned bus) {
    const GroupImage image = group_image(size_, layout, bus);
    append(image.bytes);
    patch(std::exchange(next_group_at_, link_at(image.offset, 0)), image.offset);
    groups_.push_back(
        {.record_size = layout.size, .count_at = image.count_at, .link_at = image.data_at});
    return groups_.size();
  }

  /// Starts to compress the waiting records of the group.
  void seal(Group& group) {
    if (group.records.empty()) return;
    while (pool_.full()) write_oldest();
    DataImage& image = images_[pool_.next()];
    image.group = static_cast<std::size_t>(&group - groups_.data());
    image.record_size = group.record_size;
    image.size = group.records.size();
    std::memcpy(image.records.room(image.size), group.records.data(), image.size);
    group.sealed += image.size;
    group.records.clear();
    pool_.start();
  }
  void seal_all() {
    for (Group& group : groups_) seal(group);
  }

  /// Writes a data block and its list, and then links them.
  void write_oldest() {
    const DataImage& image = images_[pool_.oldest()];
    Group& group = groups_[image.group];
    const std::uint64_t block = size_, list = size_ + image.block_size;
    char bytes[kListSize];
    put_list(bytes, block, group.written);
    append({image.block.data(), image.block_size});
    append({bytes, sizeof bytes});
    patch(std::exchange(group.link_at, link_at(list, 0)), list);
    group.written += image.size;
    waiting_ -= image.size;
    pool_.release();
  }

  void write_all() {
    seal_all();
    while (!pool_.empty()) write_oldest();
  }

  /// A marker without a time belongs behind the latest message.
  void write_markers() {
    for (const Marker& marker : std::exchange(markers_, {})) {
      std::uint64_t offset = 0;
      append(
          event_image(size_, marker.text, difference(marker.at.value_or(last_), start_), offset));
      patch(std::exchange(next_event_at_, link_at(offset, 0)), offset);
    }
  }

  void append(std::string_view bytes) {
    sink_->write(bytes);
    size_ += bytes.size();
  }
  template <class Number>
  void patch(std::uint64_t at, Number value) {
    char bytes[sizeof value];
    can::put(bytes, value);
    sink_->patch(at, {bytes, sizeof bytes});
  }

  const std::unique_ptr<Sink> sink_;
  const int level_;
  ChannelNumbers numbers_;
  bool begun_ = false;
  std::int64_t start_ = 0;     // ns since the epoch
  nanoseconds last_{};         // time of the last message
  std::uint64_t size_ = 0;     // of the file, bytes
  std::uint64_t waiting_ = 0;  // bytes of records that aren't in the file
  std::uint64_t next_group_at_ = kFirstGroupAt, next_event_at_ = kFirstEventAt;
  std::vector<Group> groups_;
  std::vector<std::size_t> groups_by_bus_;                 // index + 1, by bus and layout
  ChannelTable<std::size_t> numbers_of_groups_[kLayouts];  // the same by channel
  std::vector<Marker> markers_;
  std::vector<DataImage> images_;
  OrderedPool pool_;  // last, as its threads use the images
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  if (!sink->patch(0, {}))
    fail(Errc::unsupported, "{}: an MDF log can't be written to a pipe or compressed",
         sink->name());
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::mf4
