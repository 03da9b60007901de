// SPDX-License-Identifier: MIT
#include "formats/support/zstd.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "libcan/model/fail.h"

namespace can {
namespace {

constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kHead = 4096;
constexpr std::size_t kLargeFrame = 1024 * 1024;  // compressed bytes; a larger one is ended
/// The bytes after the last complete frame that a power cut may have left. More are not cut off.
constexpr std::uint64_t kMaxDamaged = 1024 * 1024;

struct Free {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  void operator()(ZSTD_CStream* stream) const { ZSTD_freeCStream(stream); }
};

/// Compressed bytes, block by block, and the state of their decompression.
class PackedInput {
 public:
  enum class Result { inside, frame_end, damaged };

  explicit PackedInput(std::unique_ptr<Source> from)
      : source(std::move(from)), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
  }

  bool empty() const { return in_.pos == in_.size; }
  char next() const { return block_[in_.pos]; }
  /// The next block; false at the end.
  bool refill() {
    in_ = {block_.data(), source->read(block_), 0};
    read_ += in_.size;
    return in_.size > 0;
  }
  /// Decompresses some bytes to the front of `out`; `count` is their number.
  Result step(std::span<char> out, std::size_t& count) {
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(stream_.get(), &to, &in_);
    count = to.pos;
    if (ZSTD_isError(result) != 0) return Result::damaged;
    return result == 0 ? Result::frame_end : Result::inside;
  }
  std::uint64_t used() const { return read_ - (in_.size - in_.pos); }  ///< bytes consumed

  const std::unique_ptr<Source> source;

 private:
  std::unique_ptr<ZSTD_DStream, Free> stream_;
  std::array<char, kBlock> block_;
  ZSTD_inBuffer in_{block_.data(), 0, 0};
  std::uint64_t read_ = 0;
};

class UnzstdSource final : public Source {
 public:
  explicit UnzstdSource(std::unique_ptr<Source> packed) : packed_(std::move(packed)) {}
  std::string_view name() const override { return packed_.source->name(); }

 private:
  std::size_t read_on(std::span<char> out) override {
    std::size_t count = 0;
    while (count == 0 && !ended_) count = step(out);
    return count;
  }
  bool ready_to_read() const override {
    return ended_ || !packed_.empty() || packed_.source->ready();
  }

  std::size_t step(std::span<char> out) {
    std::size_t count = 0;
    if (packed_.empty() && !full_ && !packed_.refill()) {
      ended_ = true;
      if (inside_frame_) fail(Errc::corrupt, "{}: Zstandard data end in the middle", name());
      return 0;
    }
    ended_ = !inside_frame_ && packed_.next() == 0;  // zeros behind the last frame: a power cut
    if (ended_) return 0;
    const auto result = packed_.step(out, count);
    inside_frame_ = result == PackedInput::Result::inside;
    full_ = inside_frame_ && count == out.size();  // more may wait in the decompressor
    if (result != PackedInput::Result::damaged) return count;
    ended_ = true;
    fail(Errc::corrupt, "{}: offset {:#x}: damaged Zstandard data; messages before it may be wrong",
         name(), packed_.used());
  }

  PackedInput packed_;
  bool inside_frame_ = false, full_ = false, ended_ = false;
};

/// Where a file of frames can be continued: behind the last complete one.
struct Restart {
  std::uint64_t packed = 0, unpacked = 0;  // bytes before the place
  std::string behind;                      // decompressed bytes after the place
};

class RestartFinder {
 public:
  explicit RestartFinder(std::unique_ptr<Source> packed) : packed_(std::move(packed)) {}

  Restart find(std::string& head) {
    while (step(head)) continue;
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kMaxBehind = 64 * 1024 * 1024;  // bytes kept in memory

  /// False at the end of the file or of its sound data.
  bool step(std::string& head) {
    if (packed_.empty() && !full_ && !packed_.refill()) return false;
    std::array<char, kBlock> out;
    std::size_t count = 0;
    const auto result = packed_.step(out, count);
    full_ = result == PackedInput::Result::inside && count == out.size();
    if (result == PackedInput::Result::damaged) return false;
    add({out.data(), count}, head);
    if (result == PackedInput::Result::frame_end)
      found_ = {packed_.used(), found_.unpacked + found_.behind.size(), {}};
    return true;
  }

  void add(std::string_view bytes, std::string& head) {
    head.append(bytes.substr(0, kHead - std::min(kHead, head.size())));
    found_.behind.append(bytes);
    if (found_.behind.size() > kMaxBehind)
      fail(Errc::unsupported, "{}: its last Zstandard frame is too large to be appended to",
           packed_.source->name());
  }

  PackedInput packed_;
  bool full_ = false;
  Restart found_;
};

class ZstdSink final : public Sink {
 public:
  explicit ZstdSink(std::unique_ptr<Sink> packed)
      : packed_(std::move(packed)), stream_(ZSTD_createCStream()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_checksumFlag, 1);
    if (packed_->start() > 0) find_end();
  }

  void write(std::string_view bytes) override {
    pump(bytes, ZSTD_e_continue);
    inside_frame_ = true;
    if (frame_.size() >= kLargeFrame) end_frame();
  }

  std::uint64_t complete_lines() const override {
    return restart_.unpacked + restart_.behind.rfind('\n') + 1;
  }
  /// Complete frames stay as they are; the bytes of an incomplete one are packed again.
  void cut(std::uint64_t size) override {
    start_ = size;
    head_.resize(std::min<std::uint64_t>(head_.size(), size));
    packed_->cut(restart_.packed);
    const std::string again = std::exchange(restart_, {}).behind;
    if (size > restart_end_) write(std::string_view(again).substr(0, size - restart_end_));
  }

  void flush() override {
    if (inside_frame_) end_frame();
    packed_->flush();
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    if (inside_frame_ || nothing_yet_) end_frame();
    packed_->close();
  }
  bool replaces() const override { return packed_->replaces(); }
  std::string_view name() const override { return packed_->name(); }

 private:
  void find_end() {
    if (!is_zstd(packed_->head())) fail(Errc::unsupported, "{}: not a Zstandard file", name());
    restart_ = RestartFinder(packed_->existing()).find(head_);
    if (packed_->start() - restart_.packed > kMaxDamaged)
      fail(Errc::unsupported,
           "{}: offset {:#x}: an incomplete Zstandard frame of more than 1 MiB; "
           "canconvert --repair mends it",
           name(), restart_.packed);
    restart_end_ = restart_.unpacked;
    start_ = restart_.unpacked + restart_.behind.size();
    nothing_yet_ = false;
    if (start_ == 0) cut(0);
  }

  /// A frame is written as a whole: the log of a killed program is complete.
  void end_frame() {
    pump({}, ZSTD_e_end);
    inside_frame_ = false;
    packed_->write(frame_);
    frame_.clear();
  }

  void pump(std::string_view bytes, ZSTD_EndDirective mode) {
    nothing_yet_ = false;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    for (bool done = false; !done;) {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(stream_.get(), &out, &in, mode);
      frame_.append(out_.data(), out.pos);
      done = ZSTD_isError(left) != 0 || (mode == ZSTD_e_end ? left == 0 : in.pos == in.size);
    }
  }

  std::unique_ptr<Sink> packed_;
  std::unique_ptr<ZSTD_CStream, Free> stream_;
  std::array<char, kBlock> out_;
  std::string frame_;  // compressed, and not written yet
  bool inside_frame_ = false, closed_ = false;
  bool nothing_yet_ = true;  // an empty log is an empty frame
  Restart restart_;          // of the file that is appended to
  std::uint64_t restart_end_ = 0;
};

}  // namespace

bool is_zstd(std::string_view head) { return head.starts_with("\x28\xB5\x2F\xFD"); }

std::unique_ptr<Source> unzstd(std::unique_ptr<Source> packed) {
  return std::make_unique<UnzstdSource>(std::move(packed));
}

std::unique_ptr<Sink> zstd(std::unique_ptr<Sink> packed) {
  return std::make_unique<ZstdSink>(std::move(packed));
}

}  // namespace can
