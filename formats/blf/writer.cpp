// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/blf/blf.h"
#include "formats/blf/encode.h"
#include "formats/blf/file_header.h"
#include "formats/blf/log_end.h"
#include "formats/blf/objects.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/compression_level.h"
#include "formats/support/ordered_pool.h"
#include "libcan/model/fail.h"
#include "libcan/platform/deflate.h"

namespace can::blf {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kContainerHeader = kBaseHeader + kContainerFields;
constexpr unsigned kMaxThreads = 8;        // eight threads compress faster than one encodes
constexpr std::size_t kUsualPacking = 4;   // typical compression ratio
constexpr std::size_t kMaxComment = 4096;  // bytes

/// A container: filled with objects, compressed on any thread, written in order.
struct Container {
  std::size_t size = 0;
  Buffer objects;
  std::size_t packed_size = 0;
  Buffer packed;  // with its header, as in the file
  std::optional<Deflater> deflater;
};

/// Level 0 does not compress.
void pack(Container& container, int level) {
  const std::span<const char> objects(container.objects.data(), container.size);
  if (level > 0 && !container.deflater) container.deflater.emplace(level);
  const std::size_t limit = level > 0 ? container.deflater->bound(objects.size()) : objects.size();
  char* at = container.packed.room(kContainerHeader + limit + kMaxPadding);
  char* data = at + kContainerHeader;
  std::size_t size = objects.size();
  if (level > 0)
    size = container.deflater->compress(objects, {data, limit});
  else
    std::memcpy(data, objects.data(), size);
  put_container_header(at, level > 0 ? Compression::zlib : Compression::none, size, objects.size());
  const std::size_t padding = padding_of(kContainerHeader + size);
  std::memset(data + size, 0, padding);
  container.packed_size = kContainerHeader + size + padding;
}

/// GLOBAL_MARKER (96), as python-can writes them:
///    0  u32  type of the object commented on  (0 none)
///    4  u32  foreground colour
///    8  u32  background colour
///   12  u8   may be moved
///   16  u32  length of the group's name
///   20  u32  length of the marker's name
///   24  u32  length of the description
///   40       the three texts
std::string marker(std::string_view text, nanoseconds time) {
  constexpr std::string_view kGroup = "comment";
  constexpr std::size_t kFields = 40;
  text = text.substr(0, kMaxComment);
  std::string object(kObjectHeader + kFields, '\0');
  const std::size_t size = object.size() + kGroup.size() + text.size();
  char* body = put_object_header(object.data(), ObjectType::global_marker, size, time.count());
  put(body + 4, std::uint32_t{0x000000});
  put(body + 8, std::uint32_t{0xFFFFFF});
  put(body + 16, static_cast<std::uint32_t>(kGroup.size()));
  put(body + 20, static_cast<std::uint32_t>(text.size()));
  object.append(kGroup).append(text).append(padding_of(size), '\0');
  return object;
}

class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : sink_(std::move(sink)),
        zone_(options.zone),
        level_(static_cast<int>(number_of(options.options, kCompressionLevel))),
        container_(static_cast<std::size_t>(number_of(options.options, kContainer))),
        numbers_(options.channel),
        containers_(2 * thread_count(options.threads, kMaxThreads)),
        pool_(thread_count(options.threads, kMaxThreads), containers_.size(),
              [this](std::size_t at) { pack(containers_[at], level_); }) {
    if (sink_->start() > 0)
      continue_log(options);
    else
      header_bytes_ = new_file_header(level_);
  }

  void write(std::span<const Message> messages) override {
    if (messages.empty()) return;
    if (!start_known_) choose_start(messages);
    for (const Message& m : messages) {
      Container& container = open();
      char* at = container.objects.data() + container.size;
      const char* end = encode(m, header_.start, numbers_.number(m.channel), at);
      container.size += static_cast<std::size_t>(end - at);
      header_.end = std::max(header_.end, m.timestamp);
      ++header_.objects;
      if (container.size >= container_) seal();
    }
    last_ = messages.back().timestamp;
  }

  bool put_event(std::string_view text, std::optional<nanoseconds> at) override {
    const Message first{.timestamp = at.value_or(nanoseconds{})};
    if (at && !start_known_) choose_start({&first, 1});
    const nanoseconds time = at.value_or(last_) - header_.start;
    put_objects(marker(text, start_known_ ? time : nanoseconds{}));
    header_.end = std::max(header_.end, at.value_or(header_.end));
    ++header_.objects;
    return true;
  }

  void flush() override {
    if (!start_known_) return;  // the header needs the start: comments wait for the first message
    write_all();
    sink_->flush();
  }

  std::uint64_t size() const override {
    const std::uint64_t waiting = in_pool_ + (open_ ? open_->size : 0);
    return header_.file_size + (level_ > 0 ? waiting / kUsualPacking : waiting);
  }

  void close() override {
    write_all();
    sink_->close();
  }

 private:
  /// Continues a log, with its start. An incomplete end, from a writer that was killed, is cut off.
  void continue_log(const LogOptions& options) try {
    header_ = FileHeader::parse(sink_->head(), zone_);
    sink_->head().copy(header_bytes_.data(), kFileHeader);
    header_written_ = true;
    const std::uint64_t size = sink_->start();
    const LogEnd end =
        find_end(sink_->existing(), header_.size, size, thread_count(options.threads, kMaxThreads));
    start_known_ = end.count > 0;
    header_.file_size = end.file_size;
    header_.unpacked_size = end.unpacked_size;
    header_.objects = end.count;
    last_ = std::max(header_.start, header_.end);
    if (end.file_size == size) return;
    sink_->cut(end.file_size);
    put_objects(end.objects);
    write_all();
    if (end.lost > 0 && options.on_notice)
      options.on_notice(fmt::format("{}: cut off an end without a whole object, {} bytes",
                                    sink_->name(), end.lost));
  } catch (const Error& error) {
    if (error.code() == Errc::io) throw;
    fail_at(sink_->name(), error);
  }

  void put_objects(std::string_view objects) {
    while (!objects.empty()) {
      Container& container = open();
      const std::size_t part =
          objects.copy(container.objects.data() + container.size, container_ - container.size);
      container.size += part;
      objects.remove_prefix(part);
      if (container.size >= container_) seal();
    }
  }

  void choose_start(std::span<const Message> messages) {
    const auto earlier = [](const Message& a, const Message& b) {
      return a.timestamp < b.timestamp;
    };
    const Message& first = *std::min_element(messages.begin(), messages.end(), earlier);
    header_.start = start_for(first.timestamp, zone_);
    start_known_ = true;
  }

  /// The container being filled, with room for one object, whose end may exceed container_.
  Container& open() { return open_ ? *open_ : open_next(); }

  Container& open_next() {
    while (pool_.full()) write_oldest();
    Container& next = containers_[pool_.next()];
    std::memcpy(next.objects.room(container_ + kMaxEncoded), rest_.data(), rest_size_);
    next.size = std::exchange(rest_size_, 0);
    open_ = &next;
    return next;
  }

  /// Closes the open container at exactly its size. The next one gets the rest of its last object.
  void seal() {
    rest_size_ = open_->size - std::min(open_->size, container_);
    std::memcpy(rest_.data(), open_->objects.data() + open_->size - rest_size_, rest_size_);
    open_->size -= rest_size_;
    in_pool_ += open_->size;
    open_ = nullptr;
    pool_.start();
  }

  void write_oldest() {
    const Container& container = containers_[pool_.oldest()];
    if (!header_written_) write_header();
    sink_->write({container.packed.data(), container.packed_size});
    header_.file_size += container.packed_size;
    header_.unpacked_size += kContainerHeader + container.size;
    in_pool_ -= container.size;
    pool_.release();
  }

  void write_header() {
    // A pipe can't be patched: its header is written once the start is known.
    start_known_ = header_written_ = true;
    header_.put_into(header_bytes_, zone_);
    sink_->write({header_bytes_.data(), kFileHeader});
  }

  /// Writes all objects, so that the log is complete.
  void write_all() {
    if (rest_size_ > 0 && !open_) open_next();
    if (open_ && open_->size > 0) seal();
    while (!pool_.empty()) write_oldest();
    if (!header_written_) return write_header();
    header_.put_into(header_bytes_, zone_);
    sink_->patch(0, {header_bytes_.data(), kFileHeader});
  }

  const std::unique_ptr<Sink> sink_;
  const TimeZone zone_;
  const int level_;
  const std::size_t container_;  // bytes of objects
  ChannelNumbers numbers_;
  FileHeader header_;  // with the objects that are not written yet
  std::array<char, kFileHeader> header_bytes_;
  bool start_known_ = false, header_written_ = false;
  nanoseconds last_{};                  // time of the last message
  std::array<char, kMaxEncoded> rest_;  // of an object, for the next container
  std::size_t rest_size_ = 0;
  std::uint64_t in_pool_ = 0;  // bytes of objects in the pool
  std::vector<Container> containers_;
  Container* open_ = nullptr;
  OrderedPool pool_;  // last, as its threads use the containers
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::blf
