// SPDX-License-Identifier: MIT
#include "formats/support/zip_reader.h"

#include <algorithm>
#include <cstring>

#include "formats/support/zip_fields.h"
#include "libcan/model/fail.h"

namespace can {

using namespace zip;

namespace {

constexpr std::size_t kPiece = 64 * 1024;

std::string_view text(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

/// A little-endian number of `size` bytes. Bytes outside are 0.
std::uint64_t field(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
  return value;
}

/// The compressed size in the zip64 extra field, where it follows the uncompressed one.
std::uint64_t packed_size64(std::string_view extra) {
  for (std::size_t at = 0; at + 4 <= extra.size(); at += 4 + field(extra, at + 2, 2))
    if (field(extra, at, 2) == kZip64) return field(extra, at + 12, 8);
  return kIn64;
}

}  // namespace

bool ZipReader::next(std::string& name) {
  char rest[4096];
  while (open_) read(rest);
  const std::string_view header = text(in_.peek(kLocalSize));
  const auto signature = field(header, 0, 4);
  if (signature == kCentral || signature == kEnd) return false;
  if (header.size() < kLocalSize || signature != kLocal)
    corrupt("expected a file of a zip archive");
  open(header);
  read_name(std::string(header), name);
  return true;
}

bool ZipReader::next_archive() {
  while (skip_record()) {
  }
  return in_.need(1);
}

/// Skips a record of the directory. False after the last one.
bool ZipReader::skip_record() {
  constexpr std::size_t kCentralSize = 46, kLocatorSize = 20, kEndSize = 22;
  const std::string_view record = text(in_.peek(kCentralSize));
  const auto signature = field(record, 0, 4);
  std::uint64_t size = 0;
  if (signature == kCentral)
    size = kCentralSize + field(record, 28, 2) + field(record, 30, 2) + field(record, 32, 2);
  else if (signature == kEnd64)
    size = 12 + std::min<std::uint64_t>(field(record, 4, 8), kIn64);
  else if (signature == kLocator64)
    size = kLocatorSize;
  else if (signature == kEnd)
    size = kEndSize + field(record, 20, 2);
  else
    corrupt("the directory of the archive is damaged or cut");
  in_.skip(size - 1);
  if (!in_.need(1)) corrupt("the directory of the archive is cut");
  in_.skip(1);
  return signature != kEnd;
}

void ZipReader::open(std::string_view header) {
  const auto flags = field(header, 6, 2), method = field(header, 8, 2);
  if (flags & kEncrypted) corrupt("the archive is encrypted");
  if (method != kStored && method != kDeflated)
    corrupt(fmt::format("expected a stored or deflated file, got method {}", method));
  sizes_behind_ = (flags & kSizesBehind) != 0;
  if (method == kStored && sizes_behind_) corrupt("a stored file without its size before it");
  wanted_crc_ = static_cast<std::uint32_t>(field(header, 14, 4));
  left_ = field(header, 18, 4);
  inflating_.reset();
  if (method == kDeflated) inflating_.emplace(StreamInflater::Wrapper::none);
  crc_ = 0;
  open_ = true;
  ended_ = false;
}

void ZipReader::read_name(std::string_view header, std::string& name) {
  const std::size_t name_size = field(header, 26, 2), extra_size = field(header, 28, 2);
  in_.skip(kLocalSize);
  const std::string_view texts = text(in_.peek(name_size + extra_size));
  if (texts.size() < name_size + extra_size) corrupt("the archive ends within a header");
  name = texts.substr(0, name_size);
  if (left_ == kIn64) left_ = packed_size64(texts.substr(name_size));
  in_.skip(name_size + extra_size);
}

std::size_t ZipReader::read(std::span<char> out) {
  std::size_t got = 0;
  while (open_ && !ended_ && got < out.size())
    got += inflating_ ? inflate_some(out.subspan(got)) : copy_some(out.subspan(got));
  crc_ = crc32(crc_, out.first(got));
  if (!open_ || !ended_) return got;
  open_ = false;
  if (sizes_behind_) read_descriptor();
  if (crc_ != wanted_crc_) corrupt("the checksum of a file is wrong");
  return got;
}

std::size_t ZipReader::inflate_some(std::span<char> out) {
  const auto in = in_.need(1) ? in_.peek(std::min(kPiece, in_.size())) : std::span<const char>();
  if (in.empty()) corrupt("the archive ends within a file");
  const Inflated part = inflating_->inflate(in, out);
  if (!part.complete && part.used == 0 && part.size == 0)
    corrupt("the compressed data are damaged");
  in_.skip(part.used);
  ended_ = part.complete;
  return part.size;
}

std::size_t ZipReader::copy_some(std::span<char> out) {
  const std::size_t wanted = std::min<std::uint64_t>(out.size(), left_);
  if (in_.read(out.data(), wanted) < wanted) corrupt("the archive ends within a file");
  left_ -= wanted;
  ended_ = left_ == 0;
  return wanted;
}

/// The checksum and sizes after a file: 24 bytes with zip64, else 16. The signature is optional.
void ZipReader::read_descriptor() {
  const std::string_view fields = text(in_.peek(28));
  const std::size_t at = field(fields, 0, 4) == kDescriptor ? 4 : 0;
  wanted_crc_ = static_cast<std::uint32_t>(field(fields, at, 4));
  const auto behind = field(fields, at + 12, 4);
  in_.skip(at + (behind != kLocal && behind != kCentral ? 20 : 12));
}

void ZipReader::corrupt(std::string_view what) const {
  fail(Errc::corrupt, "{}: offset {:#x}: {}", in_.name(), in_.offset(), what);
}

}  // namespace can
