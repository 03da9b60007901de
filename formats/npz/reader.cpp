// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "cansuite/channel.h"
#include "formats/npz/array.h"
#include "formats/npz/npz.h"
#include "formats/support/zip_reader.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"

namespace can::npz {
namespace {

constexpr std::size_t kBatch = 1024;

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
  /// Moves to a joined archive; false at the end.
  bool read_next_archive() {
    if (std::exchange(ended_, true) || !zip_.next_archive()) return false;  // also when it throws
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
  std::size_t batch_ = 0, in_batch_ = 0;  // rows in the arrays' blocks; of these, rows read
  ChannelCache channels_;
};

}  // namespace

std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions&) {
  return std::make_unique<Reader>(std::move(source));
}

}  // namespace can::npz
