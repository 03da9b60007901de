// SPDX-License-Identifier: MIT
#include "formats/support/zip_writer.h"

#include <zlib.h>

#include "formats/support/zip_fields.h"
#include "libcan/model/bytes.h"
#include "libcan/platform/deflate.h"

namespace can {

using namespace zip;

namespace {

constexpr std::size_t kPiece = 64 * 1024;

/// Little-endian fields in sequence.
class Record {
 public:
  template <class T>
  Record& add(T value) {
    char bytes[sizeof value];
    put(bytes, value);
    bytes_.append(bytes, sizeof value);
    return *this;
  }
  Record& add_text(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

const Bytef* bytef(const char* at) { return reinterpret_cast<const Bytef*>(at); }

/// A stored block of deflate, not the last one.
std::string stored_block(std::string_view bytes) {
  const auto size = static_cast<std::uint16_t>(bytes.size());
  return Record()
      .add(std::uint8_t{0})
      .add(size)
      .add(static_cast<std::uint16_t>(~size))
      .add_text(bytes)
      .bytes();
}

}  // namespace

void ZipBody::Free::operator()(z_stream_s* it) const {
  ::deflateEnd(it);
  delete it;
}

ZipBody::ZipBody() : stream_(new z_stream_s{}) {
  constexpr int kFast = 1, kNoHeader = -15, kMemory = 8;
  if (::deflateInit2(stream_.get(), kFast, Z_DEFLATED, kNoHeader, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
}

void ZipBody::write(std::span<const char> bytes) {
  stream_->next_in = const_cast<Bytef*>(bytef(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  crc_ = crc32(crc_, bytes);
  size_ += bytes.size();
  deflate_all(Z_NO_FLUSH);
}

void ZipBody::deflate_all(int flush) {
  char out[kPiece];
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(out);
    stream_->avail_out = sizeof out;
    ::deflate(stream_.get(), flush);
    const std::size_t size = sizeof out - stream_->avail_out;
    packed_.write({out, size});
    packed_size_ += size;
  } while (stream_->avail_out == 0);
}

void ZipBody::finish() {
  stream_->avail_in = 0;
  deflate_all(Z_FINISH);
  packed_.rewind();
}

void ZipWriter::put(std::string_view bytes) {
  sink_->write(bytes);
  offset_ += bytes.size();
}

void ZipWriter::add(std::string_view name, std::string_view head, ZipBody& body) {
  body.finish();
  const std::string front = stored_block(head);
  Entry entry{std::string(name), head.size() + body.size_, front.size() + body.packed_size_,
              offset_,
              static_cast<std::uint32_t>(
                  ::crc32_combine(crc32(0, head), body.crc_, static_cast<z_off_t>(body.size_)))};
  put(Record()
          .add(kLocal)
          .add(kVersion)
          .add(std::uint16_t{0})
          .add(kDeflated)
          .add(std::uint32_t{0x00210000})  // 1980-01-01, the earliest there is
          .add(entry.crc)
          .add(kIn64)
          .add(kIn64)
          .add(static_cast<std::uint16_t>(name.size()))
          .add(std::uint16_t{20})
          .add_text(name)
          .add(kZip64)
          .add(std::uint16_t{16})
          .add(entry.size)
          .add(entry.packed_size)
          .bytes());
  put(front);
  char piece[kPiece];
  while (const std::size_t size = body.packed_.read(piece)) put({piece, size});
  entries_.push_back(std::move(entry));
}

void ZipWriter::close() {
  const std::uint64_t start = offset_;
  for (const Entry& e : entries_)
    put(Record()
            .add(kCentral)
            .add(kVersion)
            .add(kVersion)
            .add(std::uint16_t{0})
            .add(kDeflated)
            .add(std::uint32_t{0x00210000})
            .add(e.crc)
            .add(kIn64)
            .add(kIn64)
            .add(static_cast<std::uint16_t>(e.name.size()))
            .add(std::uint16_t{28})
            .add(std::uint16_t{0})
            .add(std::uint16_t{0})
            .add(std::uint16_t{0})
            .add(std::uint32_t{0})
            .add(kIn64)
            .add_text(e.name)
            .add(kZip64)
            .add(std::uint16_t{24})
            .add(e.size)
            .add(e.packed_size)
            .add(e.offset)
            .bytes());
  const std::uint64_t end = offset_, count = entries_.size();
  put(Record()
          .add(kEnd64)
          .add(std::uint64_t{44})
          .add(kVersion)
          .add(kVersion)
          .add(std::uint32_t{0})
          .add(std::uint32_t{0})
          .add(count)
          .add(count)
          .add(end - start)
          .add(start)
          .add(kLocator64)
          .add(std::uint32_t{0})
          .add(end)
          .add(std::uint32_t{1})
          .add(kEnd)
          .add(std::uint16_t{0})
          .add(std::uint16_t{0})
          .add(static_cast<std::uint16_t>(count))
          .add(static_cast<std::uint16_t>(count))
          .add(kIn64)
          .add(kIn64)
          .add(std::uint16_t{0})
          .bytes());
  sink_->close();
}

}  // namespace can
