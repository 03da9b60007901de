// SPDX-License-Identifier: MIT
#include "formats/blf/containers.h"

#include <algorithm>
#include <utility>

#include "formats/blf/file_header.h"
#include "libcan/model/fail.h"

namespace can::blf {
namespace {

// Bytes up to the end or the checksum may be decompressed wrongly: the messages in them are saved.
constexpr std::string_view kDamaged =
    "the compressed data are damaged; messages of this container may be wrong";

bool starts_container(std::string_view bytes) {
  if (bytes.size() < kBaseHeader || !bytes.starts_with("LOBJ")) return false;
  const ObjectHeader header(bytes.data());
  return header.type == ObjectType::container && header.header_size == kBaseHeader &&
         header.plausible();
}

bool starts_file(std::string_view bytes) {
  return bytes.size() >= kBaseHeader && bytes.starts_with("LOGG") &&
         get<std::uint32_t>(bytes.data() + 4) == kFileHeader;
}

Inflated inflate(Piece& piece, std::size_t limit) {
  char* out = piece.memory.room(Piece::kRoom + limit) + Piece::kRoom;
  return piece.inflater.inflate({piece.packed.data(), piece.packed_size}, {out, limit});
}

}  // namespace

bool ContainerReader::next(Piece& piece) {
  start(piece);
  try {
    if (left_ == 0 && !inflating_) {
      if (!find_object(piece)) return piece.failure != nullptr;
      open_object(piece);
    } else if (inflating_) {
      inflate_some(piece);
    } else {
      read_stored(piece);
    }
  } catch (const Error&) {  // of the source: the bytes before it are delivered first
    piece.failure = std::current_exception();
    piece.cut = true;
    left_ = 0;
    inflating_.reset();
  }
  return true;
}

void ContainerReader::start(Piece& piece) {
  piece.start = measured_from_;
  piece.offset = offset_;
  piece.inside = inside_;
  piece.container_end = container_end_;
  piece.outside = outside_;
  piece.size = 0;
  piece.memory.room(Piece::kRoom);  // for the start of an object, even without content
  piece.joined = std::exchange(joined_, true);
  piece.cut = piece.is_packed = false;
  piece.failure = nullptr;
  piece.remark.clear();
}

/// The next file header before any object; null for none.
const char* ContainerReader::find_file_header() const {
  const std::string_view text(input_.at(), input_.size());
  const std::size_t at = text.find("LOGG");
  const std::size_t from = finder_.lost() ? at : text.find_first_not_of('\0');
  const bool found = at != text.npos && at == from && (finder_.lost() || at <= kMaxPadding);
  return found && text.substr(0, at).find("LOBJ") == text.npos ? text.data() + at : nullptr;
}

/// Reads the header of a joined log, whose times count from a start of its own.
bool ContainerReader::read_file_header(Piece& piece) {
  const char* at = find_file_header();
  if (!at) return false;
  const auto before = static_cast<std::size_t>(at - input_.at());
  if (!input_.need(before + kFileHeader)) return false;
  const std::string_view bytes(input_.at() + before, kFileHeader);
  const FileHeader header = FileHeader::parse(bytes, zone_);
  if (finder_.lost() && header.size != kFileHeader) return false;  // "LOGG" by chance
  piece.offset = input_.offset() + before;
  input_.skip(before + header.size);
  piece.start = measured_from_ = header.start;
  piece.remark = "another log begins here";
  if (const std::uint64_t skipped = finder_.drain_skipped() + before; finder_.lost() && skipped > 0)
    piece.remark += fmt::format(", behind {} bytes that are no object", skipped);
  piece.joined = false;
  finder_ = ObjectFinder();
  return true;
}

bool ContainerReader::at_hand() const {
  if (inflating_ || left_ > 0 || input_.size() < kBaseHeader) return input_.at_hand(kBaseHeader);
  return input_.at_hand(std::min<std::size_t>(ObjectHeader(input_.at()).size, kMax));
}

bool ContainerReader::find_object(Piece& piece) {
  for (;;) {
    if (read_file_header(piece)) continue;
    const char* at = input_.at();
    const auto found = finder_.find(at, input_.end());
    input_.skip(static_cast<std::size_t>(at - input_.at()));
    if (found == ObjectFinder::Found::object) return true;
    if (found == ObjectFinder::Found::junk) {
      damage(piece, input_.offset(), "expected an object");
      return false;
    }
    if (input_.need(input_.size() + 1)) continue;
    if (!ends_clean()) damage(piece, input_.offset(), "the log ends inside an object");
    return false;
  }
}

/// Whether only padding is left at the end of the file. Skips it.
bool ContainerReader::ends_clean() {
  const bool clean =
      finder_.lost() || std::all_of(input_.at(), input_.end(), [](char c) { return c == 0; });
  input_.skip(input_.size());
  return clean;
}

void ContainerReader::open_object(Piece& piece) {
  const ObjectHeader header(input_.at());
  piece.offset = offset_ = input_.offset();
  piece.inside = inside_ = 0;
  piece.container_end = container_end_ = offset_ + header.size;
  outside_ = header.type != ObjectType::container;
  piece.outside = outside_;
  if (const std::uint64_t skipped = finder_.drain_skipped(); skipped > 0) {
    piece.remark = fmt::format("skipped {} bytes that are no object", skipped);
    piece.joined = false;
  }
  if (!header.plausible()) {
    input_.skip(kBaseHeader);
    finder_.lose();
    damage(piece, offset_, "expected an object, got " + describe(header));
  } else if (outside_) {
    piece.joined = false;
    left_ = header.size;
    read_stored(piece);
  } else {
    open_container(piece, header);
  }
}

void ContainerReader::open_container(Piece& piece, const ObjectHeader& header) {
  const std::size_t data = header.header_size + kContainerFields;
  if (header.size < data) {
    input_.skip(kBaseHeader);
    finder_.lose();
    return damage(piece, offset_, "expected a container, got " + describe(header));
  }
  if (!input_.need(data)) {
    input_.skip(input_.size());
    return ends_inside(piece);
  }
  const auto compression = get<Compression>(input_.at() + header.header_size);
  const std::size_t unpacked_size = get<std::uint32_t>(input_.at() + header.header_size + 8);
  input_.skip(data);
  left_ = header.size - data;
  if (compression == Compression::none) {
    if (left_ != unpacked_size)
      piece.remark = fmt::format("says it holds {} bytes, holds {}", unpacked_size, left_);
    read_stored(piece);
  } else if (compression != Compression::zlib) {
    left_ = 0;
    finder_.lose();  // the next container follows it
    damage(piece, offset_, fmt::format("unknown compression {}", static_cast<int>(compression)));
  } else if (left_ <= kMax && unpacked_size <= kMax) {
    read_packed(piece, unpacked_size);
  } else {
    inflating_ = std::make_unique<StreamInflater>();
    inflate_some(piece);
  }
}

void ContainerReader::read_stored(Piece& piece) {
  const std::size_t wanted = std::min<std::uint64_t>(left_, kMax);
  piece.size = input_.read(piece.memory.room(Piece::kRoom + wanted) + Piece::kRoom, wanted);
  const bool whole = !outside_ && piece.size == left_;
  if (piece.size < wanted || (whole && inside_ == 0))
    piece.size -= cut_of({piece.memory.data() + Piece::kRoom, piece.size});
  piece.container_end = container_end_;
  left_ -= piece.size;
  inside_ += piece.size;
  if (piece.size < wanted) ends_inside(piece);
}

void ContainerReader::read_packed(Piece& piece, std::size_t unpacked_size) {
  piece.packed_size = input_.read(piece.packed.room(left_), left_);
  piece.packed_size -= cut_of({piece.packed.data(), piece.packed_size});
  piece.container_end = container_end_;
  piece.unpacked_size = unpacked_size;
  piece.is_packed = true;
  if (piece.packed_size < left_) ends_inside(piece);
  left_ = 0;
}

/// Whether a container is followed by padding and an object, a file header or the end. True where
/// the next bytes are still to come through a pipe.
bool ContainerReader::is_followed() {
  constexpr std::size_t kEnough = kMaxPadding + 4;
  if (!input_.at_hand(kEnough)) return true;
  const auto bytes = input_.peek(kEnough);
  const std::string_view text(bytes.data(), bytes.size());
  const std::size_t at = text.find_first_not_of('\0');
  if (at == text.npos) return text.size() < kEnough;
  return text.substr(at).starts_with("LOBJ") || text.substr(at).starts_with("LOGG");
}

/// The number of bytes in a cut container that belong to a log appended behind the cut: the
/// container's size covers them. Puts them back into the input.
std::size_t ContainerReader::cut_of(std::span<const char> bytes) {
  if (bytes.size() == left_ && is_followed()) return 0;
  const auto behind = input_.peek(kBaseHeader);
  std::string text(bytes.begin(), bytes.end());
  text.append(behind.data(), behind.size());  // a header may start before the end
  for (std::size_t at = 0; (at = text.find('L', at)) < bytes.size(); ++at) {
    const std::string_view rest = std::string_view(text).substr(at);
    if (!starts_container(rest) && !starts_file(rest)) continue;
    input_.put_back(bytes.subspan(at));
    container_end_ = input_.offset();
    return bytes.size() - at;
  }
  return 0;
}

void ContainerReader::inflate_some(Piece& piece) {
  char* out = piece.memory.room(Piece::kRoom + kMax) + Piece::kRoom;
  while (piece.size < kMax) {
    if (left_ > 0 && !input_.need(1)) {
      inflating_.reset();
      return ends_inside(piece);
    }
    const std::size_t there = std::min<std::uint64_t>(left_, input_.size());
    const Inflated part =
        inflating_->inflate({input_.at(), there}, {out + piece.size, kMax - piece.size});
    input_.skip(part.used);
    left_ -= part.used;
    piece.size += part.size;
    inside_ += part.size;
    const bool stuck = part.used == 0 && part.size == 0;
    if (!part.complete && !stuck) continue;
    inflating_.reset();
    left_ = 0;  // left-over bytes are reported as a missing object
    if (part.complete) return;
    piece.cut = true;
    finder_.lose();
    return damage(piece, offset_, kDamaged);
  }
}

void ContainerReader::unpack(Piece& piece) const {
  if (!std::exchange(piece.is_packed, false)) return;
  Inflated result = inflate(piece, piece.unpacked_size);
  if (!result.complete && result.size == piece.unpacked_size)
    result = inflate(piece, kMax);  // it may have more than its header says
  piece.size = result.size;
  if (result.complete) {
    if (result.size != piece.unpacked_size)
      piece.remark =
          fmt::format("says it holds {} bytes, holds {}", piece.unpacked_size, result.size);
    else if (const std::size_t behind = piece.packed_size - result.used; behind > kMaxPadding)
      piece.remark = fmt::format("{} bytes behind the compressed data", behind);
  } else if (!piece.failure) {
    piece.cut = result.size != piece.unpacked_size;
    piece.failure = failure_at(piece.offset, kDamaged);
  }
}

void ContainerReader::ends_inside(Piece& piece) {
  left_ = 0;
  piece.cut = true;
  damage(piece, offset_,
         outside_ ? "the log ends inside an object" : "the log ends inside a container");
}

void ContainerReader::damage(Piece& piece, std::uint64_t offset, std::string_view what) {
  piece.failure = failure_at(offset, what);
  joined_ = false;
}

std::exception_ptr ContainerReader::failure_at(std::uint64_t offset, std::string_view what) const {
  return std::make_exception_ptr(
      Error(Errc::corrupt, fmt::format("{}: offset 0x{:x}: {}", input_.name(), offset, what)));
}

}  // namespace can::blf
