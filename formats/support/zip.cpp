// SPDX-License-Identifier: MIT
#include "formats/support/zip.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "formats/support/byte_reader.h"
#include "libcan/error.h"

namespace can {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50,
                        kEnd64 = 0x06064B50, kLocator64 = 0x07064B50, kDescriptor = 0x08074B50;
constexpr std::uint16_t kVersion = 45;  // 4.5 has zip64
constexpr std::uint16_t kStored = 0, kDeflated = 8, kZip64 = 1;
constexpr std::uint16_t kEncrypted = 1, kSizesBehind = 8;  // flags
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;
constexpr std::size_t kLocalSize = 30;

/// Little-endian fields one behind the other.
class Record {
 public:
  template <class T>
  Record& add(T value) {
    for (std::size_t i = 0; i < sizeof value; ++i, value = static_cast<T>(value >> 4 >> 4))
      bytes_ += static_cast<char>(value & 0xFF);
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

std::uint64_t field(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
  return value;
}

const Bytef* bytef(const char* at) { return reinterpret_cast<const Bytef*>(at); }

std::uint32_t crc_of(std::uint32_t crc, std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(crc, bytef(bytes.data()), static_cast<uInt>(bytes.size())));
}

/// Deflate's block of bytes as they are; not the last block.
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

TemporaryFile::TemporaryFile() : file_(std::tmpfile()) {
  if (!file_) fail_errno("temporary file", errno);
}

void TemporaryFile::write(std::span<const char> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    fail_errno("temporary file", errno);
}

void TemporaryFile::rewind() {
  if (std::fflush(file_.get()) != 0) fail_errno("temporary file", errno);
  std::rewind(file_.get());
}

std::size_t TemporaryFile::read(std::span<char> out) {
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  if (got < out.size() && std::ferror(file_.get())) fail_errno("temporary file", errno);
  return got;
}

void ZipBody::Free::operator()(z_stream_s* it) const {
  ::deflateEnd(it);
  delete it;
}

ZipBody::ZipBody() : stream_(new z_stream_s{}) {
  constexpr int kFast = 1, kNoHeader = -15, kMemory = 8;
  if (::deflateInit2(stream_.get(), kFast, Z_DEFLATED, kNoHeader, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

void ZipBody::write(std::span<const char> bytes) {
  stream_->next_in = const_cast<Bytef*>(bytef(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  crc_ = crc_of(crc_, {bytes.data(), bytes.size()});
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
  Entry entry{std::string(name), head.size() + body.size_, front.size() + body.packed_size_, offset_,
              static_cast<std::uint32_t>(::crc32_combine(crc_of(0, head), body.crc_,
                                                         static_cast<z_off_t>(body.size_)))};
  put(Record()
          .add(kLocal).add(kVersion).add(std::uint16_t{0}).add(kDeflated)
          .add(std::uint32_t{0x00210000})  // 1980-01-01, the earliest there is
          .add(entry.crc).add(kIn64).add(kIn64)
          .add(static_cast<std::uint16_t>(name.size())).add(std::uint16_t{20})
          .add_text(name)
          .add(kZip64).add(std::uint16_t{16}).add(entry.size).add(entry.packed_size)
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
            .add(kCentral).add(kVersion).add(kVersion).add(std::uint16_t{0}).add(kDeflated)
            .add(std::uint32_t{0x00210000}).add(e.crc).add(kIn64).add(kIn64)
            .add(static_cast<std::uint16_t>(e.name.size())).add(std::uint16_t{28})
            .add(std::uint16_t{0}).add(std::uint16_t{0}).add(std::uint16_t{0})
            .add(std::uint32_t{0}).add(kIn64)
            .add_text(e.name)
            .add(kZip64).add(std::uint16_t{24}).add(e.size).add(e.packed_size).add(e.offset)
            .bytes());
  const std::uint64_t end = offset_, count = entries_.size();
  put(Record()
          .add(kEnd64).add(std::uint64_t{44}).add(kVersion).add(kVersion).add(std::uint32_t{0})
          .add(std::uint32_t{0}).add(count).add(count).add(end - start).add(start)
          .add(kLocator64).add(std::uint32_t{0}).add(end).add(std::uint32_t{1})
          .add(kEnd).add(std::uint16_t{0}).add(std::uint16_t{0})
          .add(static_cast<std::uint16_t>(count)).add(static_cast<std::uint16_t>(count))
          .add(kIn64).add(kIn64).add(std::uint16_t{0})
          .bytes());
  sink_->close();
}

struct ZipReader::State {
  explicit State(std::unique_ptr<Source> source) : in(std::move(source)) {}
  ~State() { end_inflate(); }

  void end_inflate() {
    if (inflating) ::inflateEnd(&stream);
    inflating = false;
  }
  [[noreturn]] void corrupt(std::string_view what) {
    fail(Errc::corrupt, "{}: offset {:#x}: {}", in.name(), in.offset(), what);
  }

  ByteReader in;
  z_stream stream{};
  bool inflating = false, open = false, sizes_behind = false;
  std::uint64_t left = 0;  // of a stored file
  std::uint32_t crc = 0, wanted_crc = 0;
};

ZipReader::ZipReader(std::unique_ptr<Source> source)
    : state_(std::make_unique<State>(std::move(source))) {}
ZipReader::~ZipReader() = default;

bool ZipReader::next(std::string& name) {
  State& s = *state_;
  char rest[4096];
  while (s.open) read(rest);
  const auto head = s.in.peek(kLocalSize);
  const std::string_view fields(head.data(), head.size());
  const auto signature = field(fields, 0, 4);
  if (head.size() >= 4 && (signature == kCentral || signature == kEnd)) return false;
  if (head.size() < kLocalSize || signature != kLocal) s.corrupt("no zip archive, or one that was cut");
  const auto flags = field(fields, 6, 2), method = field(fields, 8, 2);
  if (flags & kEncrypted) s.corrupt("the archive is encrypted");
  if (method != kStored && method != kDeflated) s.corrupt("a method of packing that isn't known");
  s.sizes_behind = (flags & kSizesBehind) != 0;
  s.wanted_crc = static_cast<std::uint32_t>(field(fields, 14, 4));
  s.left = field(fields, 18, 4);
  const std::size_t name_size = field(fields, 26, 2), extra_size = field(fields, 28, 2);
  s.in.skip(kLocalSize);
  const auto texts = s.in.peek(name_size + extra_size);
  if (texts.size() < name_size + extra_size) s.corrupt("the archive ends within a header");
  name.assign(texts.data(), name_size);
  const std::string_view extra(texts.data() + name_size, extra_size);
  for (std::size_t at = 0; at + 4 <= extra.size(); at += 4 + field(extra, at + 2, 2))
    if (field(extra, at, 2) == kZip64 && s.left == kIn64) s.left = field(extra, at + 12, 8);
  s.in.skip(name_size + extra_size);
  if (method == kStored && s.sizes_behind) s.corrupt("a file whose size isn't said before it");
  s.end_inflate();
  s.inflating = method == kDeflated;
  if (s.inflating && (s.stream = z_stream{}, ::inflateInit2(&s.stream, -15)) != Z_OK)
    throw std::bad_alloc();
  s.crc = 0;
  s.open = true;
  return true;
}

std::size_t ZipReader::read(std::span<char> out) {
  State& s = *state_;
  std::size_t got = 0;
  bool ended = !s.open;
  while (got < out.size() && !ended) {
    const auto in = s.in.peek(1).empty() ? std::span<const char>{} : s.in.peek(kPiece);
    if (in.empty() && (s.inflating || s.left > 0)) s.corrupt("the archive ends within a file");
    if (!s.inflating) {
      const std::size_t size = std::min<std::uint64_t>({in.size(), out.size() - got, s.left});
      std::memcpy(out.data() + got, in.data(), size);
      s.in.skip(size);
      s.left -= size;
      got += size;
      ended = s.left == 0;
      continue;
    }
    s.stream.next_in = const_cast<Bytef*>(bytef(in.data()));
    s.stream.avail_in = static_cast<uInt>(in.size());
    s.stream.next_out = reinterpret_cast<Bytef*>(out.data() + got);
    s.stream.avail_out = static_cast<uInt>(out.size() - got);
    const int result = ::inflate(&s.stream, Z_NO_FLUSH);
    s.in.skip(in.size() - s.stream.avail_in);
    got = out.size() - s.stream.avail_out;
    ended = result == Z_STREAM_END;
    if (!ended && result != Z_OK && result != Z_BUF_ERROR) s.corrupt("packed bytes are damaged");
  }
  s.crc = crc_of(s.crc, {out.data(), got});
  if (!ended || !s.open) return got;
  s.open = false;
  if (s.sizes_behind) {  // checksum and sizes, 24 bytes in zip64; the signature may be missing
    const auto behind = s.in.peek(28);
    const std::string_view fields(behind.data(), behind.size());
    const std::size_t at = field(fields, 0, 4) == kDescriptor ? 4 : 0;
    s.wanted_crc = static_cast<std::uint32_t>(field(fields, at, 4));
    const bool wide = field(fields, at + 12, 4) != kLocal && field(fields, at + 12, 4) != kCentral;
    s.in.skip(at + (wide ? 20 : 12));
  }
  if (s.crc != s.wanted_crc) s.corrupt("the checksum of a file is wrong");
  return got;
}

}  // namespace can
