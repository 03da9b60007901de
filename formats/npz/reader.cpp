// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "formats/npz/npz.h"
#include "formats/support/scanner.h"
#include "formats/support/zip_reader.h"
#include "libcan/model/channel.h"
#include "libcan/model/error.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/utf8.h"
#include "libcan/platform/temporary_file.h"

namespace can::npz {
namespace {

constexpr std::size_t kBatch = 1024, kWidestRow = 4096;

/// One array, unpacked into a temporary file.
class Array {
 public:
  /// Takes the file that `zip` stands before. Throws Errc::corrupt.
  explicit Array(ZipReader& zip) {
    read_head(zip);
    std::vector<char> piece(64 * 1024);
    std::uint64_t size = 0;
    for (std::size_t got; (got = zip.read(piece)) > 0; size += got) {
      if (got > rows_ * width_ - size) fail(Errc::corrupt, "expected {} rows, got more", rows_);
      file_.write({piece.data(), got});
    }
    if (size != rows_ * width_) fail(Errc::corrupt, "expected {} rows, got less", rows_);
    file_.rewind();
  }

  std::uint64_t rows() const { return rows_; }

  /// The next rows.
  void advance(std::size_t count) {
    block_.resize(count * width_);
    file_.read(block_);
  }

  std::int64_t number(std::size_t row) const {
    std::uint64_t value = 0;
    std::memcpy(&value, at(row), size_);  // little-endian, as this machine is
    if (kind_ != 'i' || size_ == 8) return static_cast<std::int64_t>(value);
    const auto unused = static_cast<int>(64 - 8 * size_);
    return static_cast<std::int64_t>(value << unused) >> unused;
  }

  /// Nanoseconds, or seconds where they are floating point numbers. False for what is no time.
  bool time(std::size_t row, std::chrono::nanoseconds& out) const {
    double seconds = 0;
    if (kind_ != 'f') {
      std::int64_t nanos;
      const bool fits = number(row) != INT64_MIN &&  // "not a time"
                        !__builtin_mul_overflow(number(row), nanos_, &nanos);
      if (fits) out = std::chrono::nanoseconds(nanos);
      return fits;
    }
    std::memcpy(&seconds, at(row), sizeof seconds);
    if (!(seconds > -9.223e9 && seconds < 9.223e9)) return false;
    out = std::chrono::nanoseconds(std::llround(seconds * 1e9));
    return true;
  }

  std::span<const char> bytes(std::size_t row) const { return {at(row), width_}; }

  std::string text(std::size_t row) const {
    if (kind_ != 'U') return std::to_string(number(row));
    std::string name;
    for (std::size_t i = 0; i < width_; i += 4)
      if (const auto c = character(at(row) + i); c != 0) append_utf8(name, c);
    return name;
  }

  bool holds_numbers() const { return kind_ != 'U' && kind_ != 'f' && width_ == size_; }
  bool holds_times() const { return holds_numbers() || (kind_ == 'f' && width_ == 8); }
  bool holds_bytes() const { return kind_ == 'u' && size_ == 1 && width_ <= kDataWidth; }
  bool holds_names() const { return kind_ == 'U' || holds_numbers(); }

 private:
  /// What is none becomes U+FFFD.
  static char32_t character(const char* at) {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    const bool known = value < 0xD800 || (value > 0xDFFF && value <= 0x10FFFF);
    return known ? value : 0xFFFDu;
  }

  const char* at(std::size_t row) const { return block_.data() + row * width_; }

  void read_head(ZipReader& zip) {
    char magic[10];
    if (zip.read(magic) < sizeof magic || std::memcmp(magic, "\x93NUMPY\x01", 7) != 0)
      fail(Errc::corrupt, "no array of NumPy's format 1.0");
    std::string text(
        static_cast<unsigned char>(magic[8]) + 256u * static_cast<unsigned char>(magic[9]), '\0');
    if (zip.read(text) < text.size()) fail(Errc::corrupt, "the array's head is cut");
    if (text.find("'fortran_order': False") == text.npos)
      fail(Errc::corrupt, "an array in Fortran's order");
    parse_type(between(text, "'descr': '", '\''));
    parse_shape(between(text, "'shape': (", ')'));
  }

  static std::string_view between(std::string_view text, std::string_view start, char end) {
    const std::size_t at = text.find(start);
    if (at == text.npos) return {};
    text.remove_prefix(at + start.size());
    return text.substr(0, text.find(end));
  }

  /// "<i8", "|u1", "<U4", "<M8[ns]"
  void parse_type(std::string_view text) {
    constexpr std::string_view kTime = "<M8";
    if (text.starts_with(kTime)) {
      nanos_ = nanos_in(text.substr(kTime.size()));
      if (nanos_ > 0) text = "<i8";
    }
    std::uint64_t size = 0;
    const bool known = text.size() >= 3 && (text[0] == '<' || text[0] == '|') &&
                       std::string_view("iufbU").find(text[1]) != text.npos &&
                       parse_decimal(text.substr(2), kWidestRow / 4, size) && size > 0;
    if (!known || (text[1] != 'U' && size > 8) || (text[1] == 'f' && size != 8))
      fail(Errc::corrupt, "an array of type {}, which holds no part of a message", quote(text));
    kind_ = text[1];
    size_ = static_cast<std::size_t>(size) * (kind_ == 'U' ? 4 : 1);
  }

  /// "1000,", "1000, 64"
  void parse_shape(std::string_view text) {
    std::uint64_t columns = 1;
    Scanner scanner(text);
    const bool known = scanner.read_decimal(rows_, UINT64_MAX / kWidestRow) && scanner.accept(',');
    scanner.skip_blanks();
    if (!known || (!scanner.done() && !scanner.read_decimal(columns, kWidestRow / size_)))
      fail(Errc::corrupt, "an array of shape {}", quote(text));
    width_ = size_ * static_cast<std::size_t>(columns);
  }

  /// 0: a unit of NumPy's that is too long or too short for times of messages.
  static std::int64_t nanos_in(std::string_view unit) {
    return unit == "[ns]"   ? 1
           : unit == "[us]" ? 1'000
           : unit == "[ms]" ? 1'000'000
           : unit == "[s]"  ? 1'000'000'000
                            : 0;
  }

  std::int64_t nanos_ = 1;  // a time's unit
  char kind_ = 'i';
  std::size_t size_ = 1, width_ = 1;  // bytes of a value and of a row
  std::uint64_t rows_ = 0;
  TemporaryFile file_;
  std::vector<char> block_;
};

class Reader final : public LogReader {
 public:
  explicit Reader(std::unique_ptr<Source> source) : name_(source->name()), zip_(std::move(source)) {
    read_archive();
  }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    while (filled < out.size() && (row_ < rows_ || read_next_archive())) {
      if (in_batch_ == batch_) advance();
      const std::size_t row = in_batch_++;
      ++row_;
      read_row(row, out[filled]);
      ++filled;
    }
  }

 private:
  /// Of a log that was joined to the one before.
  bool read_next_archive() {
    if (std::exchange(ended_, true) || !zip_.next_archive()) return false;  // also once it throws
    read_archive();
    ended_ = false;
    return row_ < rows_ || read_next_archive();
  }

  void read_archive() {
    arrays_.clear();
    rows_ = row_ = 0;
    batch_ = in_batch_ = 0;
    for (std::string name; zip_.next(name);)
      if (is_ours(name)) read_array(name);
    find_arrays();
  }

  void read_array(const std::string& name) try {
    arrays_.try_emplace(name.substr(0, name.size() - 4), zip_);
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    fail_at(fmt::format("{}: {}", name_, name), error);
  }

  static bool is_ours(std::string_view name) {
    constexpr std::string_view kNames[] = {"timestamp.npy", "id.npy",   "flags.npy",  "dlc.npy",
                                           "length.npy",    "data.npy", "channel.npy"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  void find_arrays() {
    timestamp_ = find("timestamp", &Array::holds_times);
    id_ = find("id", &Array::holds_numbers);
    flags_ = find("flags", &Array::holds_numbers);
    dlc_ = find("dlc", &Array::holds_numbers);
    length_ = find("length", &Array::holds_numbers);
    data_ = find("data", &Array::holds_bytes);
    channel_ = find("channel", &Array::holds_names);
    if (!timestamp_ || !id_)
      fail(Errc::corrupt, "{}: no arrays 'timestamp' and 'id': not a log", name_);
    rows_ = id_->rows();
    for (const auto& [name, array] : arrays_)
      if (used(array) && array.rows() != rows_)
        fail(Errc::corrupt, "{}: {} has {} rows, id {}", name_, name, array.rows(), rows_);
  }

  Array* find(const std::string& name, bool (Array::*fits)() const) {
    const auto found = arrays_.find(name);
    if (found == arrays_.end()) return nullptr;
    if (!(found->second.*fits)())
      fail(Errc::corrupt, "{}: {} has a type that doesn't fit", name_, name);
    return &found->second;
  }
  bool used(const Array& array) const {
    for (const Array* each : {timestamp_, id_, flags_, dlc_, length_, data_, channel_})
      if (each == &array) return true;
    return false;
  }

  void advance() {
    batch_ = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, rows_ - row_));
    in_batch_ = 0;
    for (Array* each : {timestamp_, id_, flags_, dlc_, length_, data_, channel_})
      if (each) each->advance(batch_);
  }

  static std::int64_t value(const Array* array, std::size_t row, std::int64_t otherwise) {
    return array ? array->number(row) : otherwise;
  }

  void read_row(std::size_t row, Message& out) {
    out.reset();
    if (!timestamp_->time(row, out.timestamp)) corrupt("a time outside 1678 to 2261");
    const std::int64_t id = id_->number(row);
    const std::int64_t width = data_ ? static_cast<std::int64_t>(data_->bytes(row).size()) : 0;
    const std::int64_t length = value(length_, row, std::min<std::int64_t>(width, 8));
    const std::int64_t dlc = value(dlc_, row, 0);
    if (id < 0 || id > kExtendedIdMask) corrupt("an id outside 0 to 1FFFFFFF");
    if (length < 0 || length > 64) corrupt("a length outside 0 to 64");
    out.id = static_cast<std::uint32_t>(id);
    if (flags_)
      set_message_flags(out, static_cast<std::uint8_t>(flags_->number(row)));
    else
      out.extended = id > kStandardIdMask;
    out.length = static_cast<std::uint8_t>(length);
    if (!out.fd && length == 8 && dlc > 8 && dlc <= 15)
      out.raw_dlc = static_cast<std::uint8_t>(dlc);
    if (channel_) out.channel = channels_.find(channel_->text(row));
    if (const char* flaw = why_invalid(out)) corrupt(flaw);
    out.data.fill(0);
    const std::size_t size =
        std::min<std::size_t>(out.payload().size(), static_cast<std::size_t>(width));
    if (size > 0) std::memcpy(out.data.data(), data_->bytes(row).data(), size);
  }

  [[noreturn]] void corrupt(std::string_view what) const {
    fail(Errc::corrupt, "{}: row {}: {}", name_, row_ - 1, what);
  }

  std::string name_;
  ZipReader zip_;
  bool ended_ = false;
  std::map<std::string, Array> arrays_;
  Array *timestamp_ = nullptr, *id_ = nullptr, *flags_ = nullptr, *dlc_ = nullptr,
        *length_ = nullptr, *data_ = nullptr, *channel_ = nullptr;
  std::uint64_t rows_ = 0, row_ = 0;
  std::size_t batch_ = 0, in_batch_ = 0;  // rows in the arrays' blocks, and how many are taken
  ChannelCache channels_;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace can::npz
