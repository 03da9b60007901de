// SPDX-License-Identifier: MIT
#include "formats/blf/log_end.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "formats/blf/pieces.h"
#include "libcan/model/fail.h"

namespace can::blf {
namespace {

constexpr std::size_t kMaxContainer = 64 * 1024 * 1024;  // bytes, decompressed, in memory
constexpr std::size_t kContainerHeader = kBaseHeader + kContainerFields;

/// A container, and the end of the last object that ends in it.
struct Container {
  std::uint64_t offset = 0;  // in the file
  std::uint64_t end = 0;     // in the file, without padding
  std::uint64_t unpacked_before = 0;
  std::string bytes;
  std::optional<std::size_t> boundary;
  std::size_t padding = 0;  // bytes of padding after the object at the boundary
  bool whole = true;
};

/// Follows the objects through the pieces of a log.
class ObjectWalk {
 public:
  explicit ObjectWalk(std::uint64_t header_size) {
    current_.offset = current_.end = current_.unpacked_before = header_size;
  }

  void visit(const Piece& piece) {
    if (!piece.joined) start_anew();
    if (piece.inside == 0) begin_container(piece);
    current_.end = piece.container_end;
    current_.whole &= !piece.cut && !piece.failure;
    if (current_.bytes.size() + piece.size > kMaxContainer)
      fail(Errc::unsupported, "offset 0x{:x}: a container beyond 64 MiB", piece.offset);
    walk(piece);
  }

  LogEnd end(std::uint64_t file_size) {
    if (!current_.boundary && last_) current_ = std::move(*last_);
    LogEnd end{.file_size = current_.offset,
               .unpacked_size = current_.unpacked_before,
               .objects = {},
               .count = count_};
    if (stays(file_size)) {
      end.file_size = file_size;
      end.unpacked_size += unpacked(current_);
      return end;
    }
    const std::size_t boundary = current_.boundary.value_or(0);
    end.lost = file_size - std::min(file_size, current_.end) + current_.bytes.size() - boundary;
    end.objects = current_.bytes.substr(0, boundary) + std::string(current_.padding, '\0');
    return end;
  }

 private:
  static std::uint64_t unpacked(const Container& container) {
    return container.bytes.empty() ? 0 : kContainerHeader + container.bytes.size();
  }

  /// Whether the file ends with a complete container that ends with a complete object.
  bool stays(std::uint64_t file_size) const {
    const std::uint64_t padded = current_.end + padding_of(current_.end - current_.offset);
    return current_.whole && left_ == 0 && rest_.size() <= kMaxPadding &&
           std::ranges::all_of(rest_, [](char c) { return c == 0; }) && file_size == padded;
  }

  void start_anew() {
    rest_.clear();
    left_ = 0;
    finder_.lose();
  }

  void begin_container(const Piece& piece) {
    const std::uint64_t before = current_.unpacked_before + unpacked(current_);
    if (current_.boundary) last_ = std::move(current_);
    current_ = {.offset = piece.offset, .unpacked_before = before, .bytes = {}, .boundary = {}};
    if (left_ == 0 && rest_.empty()) current_.boundary = 0;
  }

  void walk(const Piece& piece) {
    const std::size_t carried = rest_.size(), before = current_.bytes.size();
    current_.bytes.append(piece.begin(), piece.size);
    const std::string text = std::exchange(rest_, {}).append(piece.begin(), piece.size);
    const char* at = text.data();
    const char* const end = at + text.size();
    while (left_ > 0 || next_object(at, end)) {
      const auto step = std::min<std::uint64_t>(left_, static_cast<std::uint64_t>(end - at));
      at += step;
      left_ -= step;
      if (left_ > 0) break;
      current_.boundary = before + static_cast<std::size_t>(at - text.data()) - carried;
      current_.padding = padding_;
      ++count_;
    }
    rest_.assign(at, end);
  }

  /// Whether an object starts in the remaining bytes; left_ is then its size.
  bool next_object(const char*& at, const char* end) {
    for (;;) {
      const auto found = finder_.find(at, end);
      if (found == ObjectFinder::Found::more) return false;
      if (found == ObjectFinder::Found::junk) continue;
      const ObjectHeader header(at);
      left_ = header.size;
      padding_ = padding_of(header.size);
      if (header.plausible()) return true;
      left_ = 0;
      at += kBaseHeader;
      finder_.lose();
    }
  }

  ObjectFinder finder_;
  std::string rest_;         // the last bytes so far, fewer than a header
  std::uint64_t left_ = 0;   // bytes of the object that has started
  std::size_t padding_ = 0;  // bytes after that object
  std::uint32_t count_ = 0;
  Container current_;
  std::optional<Container> last_;  // the last container before it in which an object ends
};

}  // namespace

LogEnd find_end(std::unique_ptr<Source> log, std::uint64_t header_size, std::uint64_t size,
                unsigned threads) {
  Input input(std::move(log));
  input.skip(header_size);
  constexpr std::chrono::nanoseconds kThisLog{-1};  // a start that no header can have
  Pieces pieces(ContainerReader(std::move(input), kThisLog, {}), threads);
  ObjectWalk walk(header_size);
  while (const Piece* piece = pieces.next()) {
    if (piece->start != kThisLog)  // appended times would count from its start
      fail(Errc::unsupported, "offset 0x{:x}: another log begins there", piece->offset);
    walk.visit(*piece);
  }
  return walk.end(size);
}

}  // namespace can::blf
