// SPDX-License-Identifier: MIT
#include "formats/support/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 15 bits of window, 16 for a gzip header
constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kHead = 4096;

/// Compressed bytes, block by block, and zlib's state.
struct PackedInput {
  explicit PackedInput(std::unique_ptr<Source> from) : source(std::move(from)) {
    if (inflateInit2(&stream, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~PackedInput() { inflateEnd(&stream); }
  PackedInput(const PackedInput&) = delete;
  PackedInput& operator=(const PackedInput&) = delete;

  /// The next block; false at the end.
  bool refill() {
    const std::size_t n = source->read(block);
    read += n;
    stream.next_in = reinterpret_cast<Bytef*>(block.data());
    stream.avail_in = static_cast<uInt>(n);
    return n > 0;
  }
  std::uint64_t used() const { return read - stream.avail_in; }  ///< bytes that zlib has consumed

  std::unique_ptr<Source> source;
  z_stream stream{};
  std::array<char, kBlock> block;
  std::uint64_t read = 0;
};

class GunzipSource final : public Source {
 public:
  explicit GunzipSource(std::unique_ptr<Source> packed) : packed_(std::move(packed)) {}

  std::string_view name() const override { return packed_.source->name(); }

 private:
  std::size_t read_on(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size() && !ended_) step();
    return out.size() - stream_.avail_out;
  }
  bool ready_to_read() const override {
    return ended_ || stream_.avail_in > 0 || packed_.source->ready();
  }

  void step() {
    if (stream_.avail_in == 0 && !packed_.refill()) {
      ended_ = true;
      if (inside_member_) fail(Errc::corrupt, "{}: gzip data ends in the middle", name());
      return;
    }
    if (!inside_member_ &&
        stream_.next_in[0] != 0x1F) {  // zeros or other bytes after the last member
      ended_ = true;
      return;
    }
    inside_member_ = true;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      inside_member_ = false;
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      ended_ = true;
      fail(Errc::corrupt, "{}: offset {:#x}: damaged gzip data; messages before it may be wrong",
           name(), packed_.used());
    }
  }

  PackedInput packed_;
  z_stream& stream_ = packed_.stream;
  bool inside_member_ = false, ended_ = false;
};

/// A place where a file of gzip members can be continued: after a member, or inside one, at the
/// start of a byte and of a line.
struct Restart {
  std::uint64_t packed = 0, unpacked = 0;  // bytes before the place
  bool inside = false;                     // the place is inside a member
  std::uint32_t checksum = 0, size = 0;    // of that member so far
  std::string behind;                      // decompressed bytes after the place
  bool damaged = false;                    // bytes after the place can't be decompressed
};

/// The bytes after the place that a power cut may have left. More are not cut off.
constexpr std::uint64_t kMaxDamaged = 1024 * 1024;

/// Decompresses a file to find the last place where it can be continued.
class RestartFinder {
 public:
  explicit RestartFinder(std::unique_ptr<Source> packed) : packed_(std::move(packed)) {}

  Restart find(std::string& head) {
    while (step(head)) continue;
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kMaxBehind = 64 * 1024 * 1024;             // bytes kept in memory
  static constexpr int kLastBlock = 64, kBlockEnds = 128, kBitsLeft = 7;  // of data_type

  /// False at the end of the file or of its sound gzip data.
  bool step(std::string& head) {
    if (stream_.avail_in == 0 && !packed_.refill()) return false;
    char out[kBlock];
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = sizeof out;
    const int result = inflate(&stream_, Z_BLOCK);
    if (result == Z_BUF_ERROR) return true;
    found_.damaged = result != Z_OK && result != Z_STREAM_END;
    if (found_.damaged) return false;
    add({out, sizeof out - stream_.avail_out}, head);
    const bool byte_begins =
        (stream_.data_type & (kBlockEnds | kLastBlock | kBitsLeft)) == kBlockEnds;
    const bool line_begins = found_.behind.empty() || found_.behind.back() == '\n';
    if (result == Z_STREAM_END)
      remember(false);
    else if (byte_begins && line_begins && stream_.total_out > 0)
      remember(true);
    return true;
  }

  void add(std::string_view bytes, std::string& head) {
    head.append(bytes.substr(0, kHead - std::min(kHead, head.size())));
    found_.behind.append(bytes);
    if (found_.behind.size() > kMaxBehind)
      fail(Errc::unsupported,
           "{}: its gzip data end in the middle; canconvert --keep-going mends it",
           packed_.source->name());
  }

  void remember(bool inside) {
    found_ = {.packed = packed_.used(),
              .unpacked = found_.unpacked + found_.behind.size(),
              .inside = inside,
              .checksum = static_cast<std::uint32_t>(stream_.adler),
              .size = static_cast<std::uint32_t>(stream_.total_out),
              .behind = {},
              .damaged = false};
    if (!inside) inflateReset(&stream_);
  }

  PackedInput packed_;
  z_stream& stream_ = packed_.stream;
  Restart found_;
};

constexpr std::uint64_t kMemberEnd = 10;  // bytes of member_end()

/// The end of a gzip member (RFC 1951, RFC 1952): an empty last block, checksum, size.
std::string member_end(std::uint32_t checksum, std::uint32_t size) {
  std::string end("\x03\x00", 2);
  for (const std::uint32_t number : {checksum, size})
    for (int shift = 0; shift < 32; shift += 8) end += static_cast<char>(number >> shift & 0xFF);
  return end;
}

/// zlib's state for packing.
struct Packing {
  Packing() {
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Packing() { deflateEnd(&stream); }
  Packing(const Packing&) = delete;
  Packing& operator=(const Packing&) = delete;

  z_stream stream{};
};

class GzipSink final : public Sink {
 public:
  GzipSink(std::unique_ptr<Sink> packed, Retract retract)
      : packed_(std::move(packed)), retract_(std::move(retract)) {
    if (packed_->start() == 0) return;
    if (!is_gzip(packed_->head())) fail(Errc::unsupported, "{}: not a gzip file", name());
    restart_ = RestartFinder(packed_->existing()).find(head_);
    if (packed_->start() - restart_.packed > kMaxDamaged && restart_.damaged)
      fail(Errc::unsupported, "{}: offset {:#x}: damaged gzip data; it is not appended to", name(),
           restart_.packed);
    start_ = restart_.unpacked + restart_.behind.size();
    if (start_ == 0) cut(0);
  }

  void write(std::string_view bytes) override {
    take_end_back();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    pump(Z_NO_FLUSH);
  }

  std::uint64_t complete_lines() const override {
    return restart_.unpacked + restart_.behind.rfind('\n') + 1;
  }
  /// Complete members stay as they are; an incomplete one gets an end.
  void cut(std::uint64_t size) override {
    start_ = size;
    head_.resize(std::min<std::uint64_t>(head_.size(), size));
    packed_->cut(restart_.packed);
    if (restart_.inside) packed_->write(member_end(restart_.checksum, restart_.size));
    write(restart_.behind.substr(0, size - restart_.unpacked));
    restart_ = {};
  }

  /// The file is complete until the next write.
  void flush() override {
    if (!ended_) {
      pump(Z_SYNC_FLUSH);
      put_end();
    }
    packed_->flush();
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    take_end_back();
    pump(Z_FINISH);
    packed_->close();
  }
  bool replaces() const override { return packed_->replaces(); }
  std::string_view name() const override { return packed_->name(); }

 private:
  void put_end() {
    if (!retract_ || stream_.total_in == 0) return;
    packed_->write(member_end(static_cast<std::uint32_t>(stream_.adler),
                              static_cast<std::uint32_t>(stream_.total_in)));
    ended_ = true;
  }
  void take_end_back() {
    if (std::exchange(ended_, false)) retract_(kMemberEnd);
  }

  void pump(int mode) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, mode);
      packed_->write({out_.data(), out_.size() - stream_.avail_out});
    } while (stream_.avail_out == 0);
  }

  std::unique_ptr<Sink> packed_;
  const Retract retract_;
  bool ended_ = false;  // the member has an end, for now
  Packing packing_;
  z_stream& stream_ = packing_.stream;
  std::array<char, kBlock> out_;
  bool closed_ = false;
  Restart restart_;  // of the file that is appended to
};

}  // namespace

bool is_gzip(std::string_view head) { return head.starts_with("\x1F\x8B"); }

std::unique_ptr<Source> gunzip(std::unique_ptr<Source> packed) {
  return std::make_unique<GunzipSource>(std::move(packed));
}

std::unique_ptr<Sink> gzip(std::unique_ptr<Sink> packed, Retract retract) {
  return std::make_unique<GzipSink>(std::move(packed), std::move(retract));
}

}  // namespace can
