// SPDX-License-Identifier: MIT
#include "formats/support/gzip.h"

#include <zlib.h>

#include <array>
#include <string>
#include <utility>

#include "libcan/error.h"

namespace can {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for a gzip header
constexpr std::size_t kBlock = 64 * 1024;

class GunzipSource final : public Source {
 public:
  explicit GunzipSource(std::unique_ptr<Source> packed) : packed_(std::move(packed)) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GunzipSource() override { inflateEnd(&stream_); }

  std::size_t read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size() && !ended_) step();
    return out.size() - stream_.avail_out;
  }
  std::string_view name() const override { return packed_->name(); }

 private:
  void step() {
    if (stream_.avail_in == 0 && !refill()) {
      ended_ = true;
      if (inside_member_) fail(Errc::corrupt, "{}: gzip data ends in the middle", name());
      return;
    }
    if (!inside_member_ && stream_.next_in[0] != 0x1F) {  // zeros or junk behind the last member
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
      fail(Errc::corrupt, "{}: offset {:#x}: damaged gzip data", name(),
           consumed_ - stream_.avail_in);
    }
  }

  bool refill() {
    const std::size_t n = packed_->read(in_);
    consumed_ += n;
    stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
    stream_.avail_in = static_cast<uInt>(n);
    return n > 0;
  }

  std::unique_ptr<Source> packed_;
  z_stream stream_{};
  std::array<char, kBlock> in_;
  std::uint64_t consumed_ = 0;
  bool inside_member_ = false, ended_ = false;
};

class GzipSink final : public Sink {
 public:
  explicit GzipSink(std::unique_ptr<Sink> packed) : packed_(std::move(packed)) {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
    head_ = packed_->head();
    start_ = packed_->start();
  }
  ~GzipSink() override { deflateEnd(&stream_); }

  void write(std::string_view bytes) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    pump(Z_NO_FLUSH);
  }
  void flush() override {
    pump(Z_SYNC_FLUSH);
    packed_->flush();
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    pump(Z_FINISH);
    packed_->close();
  }
  std::string_view name() const override { return packed_->name(); }

 private:
  void pump(int mode) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, mode);
      packed_->write({out_.data(), out_.size() - stream_.avail_out});
    } while (stream_.avail_out == 0);
  }

  std::unique_ptr<Sink> packed_;
  z_stream stream_{};
  std::array<char, kBlock> out_;
  bool closed_ = false;
};

}  // namespace

bool is_gzip(std::string_view head) { return head.starts_with("\x1F\x8B"); }

std::unique_ptr<Source> gunzip(std::unique_ptr<Source> packed) {
  return std::make_unique<GunzipSource>(std::move(packed));
}

std::unique_ptr<Sink> gzip(std::unique_ptr<Sink> packed) {
  return std::make_unique<GzipSink>(std::move(packed));
}

}  // namespace can
