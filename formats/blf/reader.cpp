// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "formats/blf/blf.h"
#include "formats/blf/decode.h"
#include "formats/blf/events.h"
#include "formats/blf/file_header.h"
#include "formats/blf/pieces.h"
#include "formats/support/passed_over.h"
#include "libcan/model/fail.h"

namespace can::blf {
namespace {

using std::chrono::nanoseconds;

constexpr unsigned kMaxThreads = 4;  // four threads decompress faster than one decodes

class Reader final : public LogReader {
 public:
  Reader(Input input, nanoseconds start, const LogOptions& options)
      : name_(input.name()),
        start_(start),
        on_event_(options.on_event),
        pieces_(ContainerReader(std::move(input), start, options.zone),
                thread_count(options.threads, kMaxThreads)) {}

  bool at_hand() const override { return piece_goes_on() || pieces_.at_hand(); }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size()) {
      const Step step = read_object(out[filled]);
      if (step == Step::message) ++filled;
      if (step != Step::more) continue;
      if ((filled > 0 && !pieces_.at_hand()) || !next_piece()) return;
    }
  }

 private:
  enum class Step { message, nothing, more };

  /// Whether a complete object is left in the piece.
  bool piece_goes_on() const {
    if (left_ > 0) return false;
    ObjectFinder finder = finder_;
    const char* at = at_;
    const auto found = finder.find(at, end_);
    return found == ObjectFinder::Found::junk ||
           (found == ObjectFinder::Found::object &&
            static_cast<std::size_t>(end_ - at) >= ObjectHeader(at).size);
  }

  Step read_object(Message& out) {
    if (left_ > 0 && !skip_rest()) return Step::more;
    const auto found = finder_.find(at_, end_);
    if (found == ObjectFinder::Found::more) return Step::more;
    if (found == ObjectFinder::Found::junk) damage("expected an object");
    const ObjectHeader header(at_);
    const bool frame = holds_frame(header.type);
    if (!header.plausible() || (frame && header.size > kMaxFrame)) refuse(header);
    const bool event = on_event_ && holds_event(header.type);
    const std::size_t wanted = frame ? kMaxDecoded : event ? kMaxEvent : 0;
    if (static_cast<std::size_t>(end_ - at_) < std::min<std::size_t>(header.size, wanted))
      return Step::more;
    report_skipped();
    const char* object = at_;
    left_ = header.size;
    skip_rest();
    if (frame) return read_frame(header, object, out) ? Step::message : Step::nothing;
    if (event) report_event(header, object);
    if (header.type == ObjectType::can_xl_frame) xl_.add([&] { return place(object); });
    if (header.type == ObjectType::container) remark(object, "skipped a container in a container");
    return Step::nothing;
  }

  bool read_frame(const ObjectHeader& header, const char* object, Message& out) try {
    const bool known = decode(header, object, start_, channels_, out);
    if (!known) remark(object, "skipped an object of an unknown header version");
    if (piece_->outside && !std::exchange(outside_reported_, true))
      remark(object, "frames outside of containers");
    return known;
  } catch (const Error& error) {
    fail_at(where(object), error);
  }

  void report_event(const ObjectHeader& header, const char* object) const {
    const std::string text = event_text(header, object);
    if (header.size < kObjectHeader || text.empty()) return;
    on_event_({.log = name_,
               .time = time_of(object, start_),
               .since_start = time_of(object, {}),
               .text = text,
               .remark = remark_of(header, object)});
  }

  /// Skips the rest of the object; false when it continues in the next piece.
  bool skip_rest() {
    const auto step = std::min<std::uint64_t>(left_, static_cast<std::uint64_t>(end_ - at_));
    at_ += step;
    left_ -= step;
    return left_ == 0;
  }

  /// Moves to the next piece, with the rest of the current one in front; false at the end.
  bool next_piece() {
    if (piece_ && piece_->failure) {
      if (piece_->cut) lose();
      std::rethrow_exception(std::exchange(piece_->failure, nullptr));
    }
    char rest[Piece::kRoom];
    const auto rest_size = static_cast<std::size_t>(end_ - at_);
    std::copy(at_, end_, rest);
    piece_ = pieces_.next();
    if (!piece_) return end(rest, rest_size);
    offset_ = piece_->offset;
    char* begin = piece_->memory.data() + Piece::kRoom;
    end_ = begin + piece_->size;
    at_ = begin - rest_size;
    std::copy(rest, rest + rest_size, begin - rest_size);
    start_ = piece_->start;
    if (!piece_->remark.empty()) remark(begin, piece_->remark);
    if (!piece_->joined) start_anew(begin);
    return true;
  }

  /// The last object of the piece before has no end.
  void start_anew(const char* begin) {
    const bool cut = object_open(at_, begin);
    at_ = begin;
    left_ = 0;
    finder_.lose();
    if (cut) damage("expected the rest of an object");
  }

  bool end(const char* rest, std::size_t rest_size) {
    const bool cut = object_open(rest, rest + rest_size);
    at_ = end_ = nullptr;
    left_ = 0;
    report_skipped();
    if (xl_.count() > 0) warn(fmt::format("{}: {}", name_, xl_.drain_report()));
    if (cut) damage("the log ends inside an object");
    return false;
  }

  /// Whether an object, not only padding, has started in the rest of a piece.
  bool object_open(const char* rest, const char* rest_end) const {
    return left_ > 0 ||
           (!finder_.lost() && std::any_of(rest, rest_end, [](char c) { return c != 0; }));
  }

  /// Searches for the next object.
  void lose() {
    at_ = end_;
    left_ = 0;
    finder_.lose();
  }

  [[noreturn]] void refuse(const ObjectHeader& header) {
    const std::string text = "expected an object, got " + describe(header);
    const char* object = std::exchange(at_, at_ + kBaseHeader);
    finder_.lose();
    fail(Errc::corrupt, "{}: {}", where(object), text);
  }
  [[noreturn]] void damage(std::string_view what) {
    fail(Errc::corrupt, "{}: {}", where(at_), what);
  }
  void remark(const char* at, std::string_view what) {
    warn(fmt::format("{}: {}", where(at), what));
  }
  void report_skipped() {
    if (const std::uint64_t count = finder_.drain_skipped(); count > 0)
      remark(at_, fmt::format("skipped {} bytes that are no object", count));
  }

  std::string where(const char* at) const { return fmt::format("{}: {}", name_, place(at)); }

  std::string place(const char* at) const {
    std::string text = fmt::format("offset 0x{:x}", offset_);
    if (piece_ && !piece_->outside) {
      const auto in_piece = std::max<std::ptrdiff_t>(at - piece_->begin(), 0);
      text += fmt::format(": byte {} in the container",
                          piece_->inside + static_cast<std::uint64_t>(in_piece));
    }
    return text;
  }

  const std::string name_;
  nanoseconds start_;  // of the current log: several may be joined
  const std::function<void(const LogEvent&)> on_event_;
  Pieces pieces_;
  Piece* piece_ = nullptr;
  std::uint64_t offset_ = 0;  // of the current container, in the file
  const char* at_ = nullptr;  // in the piece, or in the rest of the last one before it
  const char* end_ = nullptr;
  std::uint64_t left_ = 0;  // bytes of a decoded object to be skipped
  ObjectFinder finder_;
  NumberedChannels channels_;
  PassedOver xl_ = xl_frames();
  bool outside_reported_ = false;
};

static_assert(kMaxDecoded <= Piece::kRoom && kMaxEvent <= Piece::kRoom &&
              kMaxPadding + kBaseHeader <= Piece::kRoom);

FileHeader read_file_header(Input& input, const TimeZone& zone) try {
  input.need(kFileHeader);
  const FileHeader header = FileHeader::parse({input.at(), input.size()}, zone);
  for (std::size_t left = header.size; left > 0;) {
    if (!input.need(1)) fail(Errc::corrupt, "the log ends inside its header");
    const std::size_t step = std::min(left, input.size());
    input.skip(step);
    left -= step;
  }
  return header;
} catch (const Error& error) {
  if (error.code() != Errc::corrupt) throw;
  fail_at(input.name(), error);
}

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options) {
  Input input(std::move(source));
  const FileHeader header = read_file_header(input, options.zone);
  return std::make_unique<Reader>(std::move(input), header.start, options);
}

}  // namespace can::blf
