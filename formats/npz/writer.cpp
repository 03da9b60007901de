// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "formats/npz/channel_names.h"
#include "formats/npz/npz.h"
#include "formats/support/zip_writer.h"
#include "libcan/model/frame_bits.h"

namespace can::npz {
namespace {

constexpr std::size_t kBatch = 1024;

/// Values in the byte order of an array and of this machine, little-endian.
template <class T>
class Column {
 public:
  void add(T value) { values_.push_back(value); }
  void add(const std::uint8_t* bytes, std::size_t count, std::size_t width) {
    values_.insert(values_.end(), bytes, bytes + count);
    values_.resize(values_.size() + width - count);
  }
  template <class To>
  void write_to(To& to) {
    to.write({reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(T)});
    values_.clear();
  }

 private:
  std::vector<T> values_;
};

class Writer final : public LogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink) : zip_(std::move(sink)) {}

  void write(std::span<const Message> messages) override {
    while (!messages.empty()) {
      const auto some = messages.first(std::min(messages.size(), kBatch));
      write_some(some);
      messages = messages.subspan(some.size());
    }
  }
  void flush() override {}
  std::uint64_t size() const override { return rows_ * 16; }  // compressed, estimated
  void close() override {
    zip_.add("timestamp.npy", array_head("<i8", rows_), timestamp_);
    zip_.add("id.npy", array_head("<u4", rows_), id_);
    zip_.add("flags.npy", array_head("|u1", rows_), flags_);
    zip_.add("dlc.npy", array_head("|u1", rows_), dlc_);
    zip_.add("length.npy", array_head("|u1", rows_), length_);
    zip_.add("data.npy", array_head("|u1", rows_, " 64"), data_);
    add_channels();
    zip_.close();
  }

 private:
  void write_some(std::span<const Message> messages) {
    for (const Message& m : messages) {
      times_.add(m.timestamp.count());
      ids_.add(m.id);
      small_.add(message_flags(m));
    }
    times_.write_to(timestamp_);
    ids_.write_to(id_);
    small_.write_to(flags_);
    for (const Message& m : messages) small_.add(dlc_of(m));
    small_.write_to(dlc_);
    for (const Message& m : messages) small_.add(m.length);
    small_.write_to(length_);
    for (const Message& m : messages) small_.add(m.data.data(), m.payload().size(), kDataWidth);
    small_.write_to(data_);
    for (const Message& m : messages) indexes_.add(names_.index_of(m.channel));
    indexes_.write_to(channels_);
    rows_ += messages.size();
  }

  void add_channels() {
    ZipBody body;
    channels_.rewind();
    std::vector<std::uint16_t> indexes(kBatch);
    const std::span<char> room(reinterpret_cast<char*>(indexes.data()), indexes.size() * 2);
    while (const std::size_t size = channels_.read(room)) {
      std::vector<std::uint32_t> characters;
      for (std::size_t i = 0; i < size / 2; ++i) names_.append(indexes[i], characters);
      const auto bytes = std::as_bytes(std::span(characters));
      body.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    zip_.add("channel.npy", array_head(names_.type(), rows_), body);
  }

  ZipWriter zip_;
  ZipBody timestamp_, id_, flags_, dlc_, length_, data_;
  TemporaryFile channels_;  // indexes in names_
  Column<std::int64_t> times_;
  Column<std::uint32_t> ids_;
  Column<std::uint8_t> small_;
  Column<std::uint16_t> indexes_;
  ChannelNames names_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink));
}

}  // namespace can::npz
