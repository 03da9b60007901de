// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "formats/npz/npz.h"
#include "formats/support/zip_writer.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/utf8.h"

namespace can::npz {
namespace {

constexpr std::size_t kBatch = 1024;

/// The header of an array's file.
std::string array_head(std::string_view type, std::uint64_t rows, std::string_view columns) {
  constexpr std::size_t kMagic = 10, kAlign = 64;
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({},{}), }}",
                                 type, rows, columns);
  text.append(kAlign - (kMagic + text.size() + 1) % kAlign, ' ').push_back('\n');
  std::string head("\x93NUMPY\x01\x00", 8);
  head += static_cast<char>(text.size() & 0xFF);
  head += static_cast<char>(text.size() >> 8);
  return head + text;
}

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
    zip_.add("timestamp.npy", array_head("<i8", rows_, ""), timestamp_);
    zip_.add("id.npy", array_head("<u4", rows_, ""), id_);
    zip_.add("flags.npy", array_head("|u1", rows_, ""), flags_);
    zip_.add("dlc.npy", array_head("|u1", rows_, ""), dlc_);
    zip_.add("length.npy", array_head("|u1", rows_, ""), length_);
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
    for (const Message& m : messages) indexes_.add(index_of(m.channel));
    indexes_.write_to(channels_);
    rows_ += messages.size();
  }

  std::uint16_t index_of(Channel channel) {
    std::uint16_t& number = numbers_[channel];
    if (number == 0) {
      names_.push_back(channel);
      number = static_cast<std::uint16_t>(names_.size());
      width_ = std::max(width_,
                        channel.name().size());  // a name has at most as many characters as bytes
    }
    return static_cast<std::uint16_t>(number - 1);
  }

  /// All names have the width of the longest one, which is known only now: characters of four
  /// bytes.
  void add_channels() {
    ZipBody body;
    channels_.rewind();
    std::vector<std::uint16_t> indexes(kBatch);
    const std::span<char> room(reinterpret_cast<char*>(indexes.data()), indexes.size() * 2);
    while (const std::size_t size = channels_.read(room)) {
      Column<std::uint32_t> characters;
      for (std::size_t i = 0; i < size / 2; ++i) {
        std::string_view name = names_[indexes[i]].name();
        for (std::size_t at = 0; at < width_; ++at)
          characters.add(name.empty() ? 0u : static_cast<std::uint32_t>(read_utf8(name)));
      }
      characters.write_to(body);
    }
    zip_.add("channel.npy", array_head(fmt::format("<U{}", width_), rows_, ""), body);
  }

  ZipWriter zip_;
  ZipBody timestamp_, id_, flags_, dlc_, length_, data_;
  TemporaryFile channels_;  // indexes of names_
  Column<std::int64_t> times_;
  Column<std::uint32_t> ids_;
  Column<std::uint8_t> small_;
  Column<std::uint16_t> indexes_;
  ChannelTable<std::uint16_t> numbers_;  // index plus 1
  std::vector<Channel> names_;
  std::size_t width_ = 1;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink));
}

}  // namespace can::npz
