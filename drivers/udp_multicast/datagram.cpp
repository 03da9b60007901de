// SPDX-License-Identifier: MIT
#include "drivers/udp_multicast/datagram.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <msgpack/pack.hpp>
#include <optional>

#include "drivers/udp_multicast/items.h"
#include "libcan/model/floor_rest.h"
#include "libcan/model/utf8.h"

namespace can::udp_multicast {
namespace {

using Kind = Item::Kind;

enum Key : std::uint8_t {
  kTimestamp,
  kId,
  kExtended,
  kRemote,
  kError,
  kChannel,
  kDlc,
  kData,
  kFd,
  kBrs,
  kEsi,
  kKeys
};

constexpr std::string_view kNames[kKeys] = {"timestamp",
                                            "arbitration_id",
                                            "is_extended_id",
                                            "is_remote_frame",
                                            "is_error_frame",
                                            "channel",
                                            "dlc",
                                            "data",
                                            "is_fd",
                                            "bitrate_switch",
                                            "error_state_indicator"};

/// The output of msgpack::packer; the argument of encode() has enough room.
struct Output {
  std::uint8_t* at;

  void write(const char* bytes, std::size_t count) {
    std::memcpy(at, bytes, count);
    at += count;
  }
};

class Packer {
 public:
  explicit Packer(std::uint8_t* at) : output_{at}, pack_(output_) { pack_.pack_map(kKeys); }

  const std::uint8_t* end() const { return output_.at; }

  void number(Key key, std::uint32_t value) { name(key).pack_uint32(value); }
  void real(Key key, double value) {
    // Not pack_double(): it writes 1.0 as the integer 1, which python-can doesn't.
    const auto bits = std::bit_cast<std::uint64_t>(value);
    std::array<char, 9> bytes = {'\xCB'};
    for (unsigned i = 1; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (64 - 8 * i));
    name(key);
    output_.write(bytes.data(), bytes.size());
  }
  void flag(Key key, bool value) { value ? name(key).pack_true() : name(key).pack_false(); }
  void text_or_nil(Key key, std::string_view value) {
    name(key);
    value.empty() ? pack_.pack_nil() : text(value);
  }
  void bytes(Key key, std::span<const std::uint8_t> value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    name(key).pack_bin(size).pack_bin_body(reinterpret_cast<const char*>(value.data()), size);
  }

 private:
  msgpack::packer<Output>& text(std::string_view value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    return pack_.pack_str(size).pack_str_body(value.data(), size);
  }
  msgpack::packer<Output>& name(Key key) { return text(kNames[key]); }

  Output output_;
  msgpack::packer<Output> pack_;
};

/// Converts in two parts: a double doesn't hold nanoseconds since 1970.
double to_seconds(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = floor_rest(time, std::chrono::seconds(1));
  return static_cast<double>(seconds.count()) + static_cast<double>(rest.count()) / 1e9;
}

/// The values of a map's pairs, checked one by one.
class Fields {
 public:
  /// False if the value is wrong for the key.
  bool set(Key key, const Item& value, Items& items);

  /// False if the fields together are not a valid frame.
  bool to_message(Message& out) const;

  /// The sender's name of the channel; empty: none.
  std::string_view channel() const { return channel_; }

 private:
  bool set_flag(Key key, const Item& value);
  bool set_dlc(const Item& value);
  bool set_data(const Item& value, Items& items);
  void set_channel(const Item& value);
  bool flag(Key key) const { return (flags_ >> key & 1) != 0; }

  std::uint32_t id_ = 0;
  unsigned flags_ = 1u << kExtended;  // one bit per key
  std::optional<std::uint8_t> dlc_;
  std::array<std::uint8_t, 64> data_{};
  std::uint8_t length_ = 0;
  std::string_view channel_;
  std::array<char, 20> digits_;  // the text of channel_ if it came as a number
};

bool Fields::set_flag(Key key, const Item& value) {
  if (value.kind != Kind::boolean && value.kind != Kind::natural && value.kind != Kind::nil)
    return false;
  const bool on = value.kind != Kind::nil && value.number != 0;
  flags_ = (flags_ & ~(1u << key)) | unsigned{on} << key;
  return true;
}

bool Fields::set_dlc(const Item& value) {
  dlc_.reset();
  if (value.kind == Kind::nil) return true;
  if (value.kind != Kind::natural || value.number > 64) return false;
  dlc_ = static_cast<std::uint8_t>(value.number);
  return true;
}

bool Fields::set_data(const Item& value, Items& items) {
  const bool is_array = value.kind == Kind::array;
  if (!is_array && value.kind != Kind::bytes && value.kind != Kind::nil) return false;
  const std::uint64_t length = is_array                    ? value.number
                               : value.kind == Kind::bytes ? value.bytes.size()
                                                           : 0;
  if (length > data_.size()) return false;
  length_ = static_cast<std::uint8_t>(length);
  if (!is_array) {
    std::copy_n(value.bytes.begin(), length_, data_.begin());
    return true;
  }
  Item element;
  for (std::uint8_t i = 0; i < length_; ++i) {
    if (!items.next(element) || element.kind != Kind::natural || element.number > 0xFF)
      return false;
    data_[i] = static_cast<std::uint8_t>(element.number);
  }
  return true;
}

void Fields::set_channel(const Item& value) {
  channel_ = {};
  if (value.kind == Kind::text) {
    channel_ = {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()};
  } else if (value.kind == Kind::natural) {
    const auto end =
        std::to_chars(digits_.data(), digits_.data() + digits_.size(), value.number).ptr;
    channel_ = {digits_.data(), static_cast<std::size_t>(end - digits_.data())};
  }
}

bool Fields::set(Key key, const Item& value, Items& items) {
  switch (key) {
    case kId:
      if (value.kind != Kind::natural || value.number > kExtendedIdMask) return false;
      id_ = static_cast<std::uint32_t>(value.number);
      return true;
    case kExtended:
    case kRemote:
    case kError:
    case kFd:
    case kBrs:
    case kEsi:
      return set_flag(key, value);
    case kDlc:
      return set_dlc(value);
    case kData:
      return set_data(value, items);
    case kChannel:
      set_channel(value);
      return items.skip_inside(value);
    default:
      return items.skip_inside(value);
  }
}

bool Fields::to_message(Message& out) const {
  out.id = id_;
  out.extended = flag(kExtended);
  out.remote = flag(kRemote);
  out.error = flag(kError);
  out.fd = flag(kFd);
  out.brs = flag(kBrs);
  out.esi = flag(kEsi);
  out.transmitted = false;
  out.raw_dlc = 0;
  out.length = out.remote ? dlc_.value_or(0) : length_;
  if (!out.remote && dlc_.value_or(length_) != length_) return false;
  if (why_invalid(out) != nullptr) return false;
  out.data = data_;
  return true;
}

/// The key of a name; kKeys: unknown. Keys mostly come in order: `guess` is tried first.
std::size_t find_key(std::span<const std::uint8_t> bytes, std::size_t guess) {
  const std::string_view name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (guess < kKeys && kNames[guess] == name) return guess;
  return static_cast<std::size_t>(std::ranges::find(kNames, name) - kNames);
}

bool read_fields(Items& items, Fields& fields) {
  Item map, name, value;
  if (!items.next(map) || map.kind != Kind::map) return false;
  std::size_t guess = 0;
  for (std::uint64_t left = map.number; left > 0; --left) {
    if (!items.next(name) || name.kind != Kind::text || !items.next(value)) return false;
    const std::size_t key = find_key(name.bytes, guess);
    if (!fields.set(static_cast<Key>(key), value, items)) return false;
    guess = key + 1;
  }
  return items.done();
}

}  // namespace

std::size_t encode(const Message& message, std::span<std::uint8_t, kLongestDatagram> out) {
  Packer pack(out.data());
  pack.real(kTimestamp, to_seconds(message.timestamp));
  pack.number(kId, message.id);
  // An error frame may have class bits above the 11 of a standard id, which python-can would
  // refuse.
  pack.flag(kExtended, message.extended || message.id > kStandardIdMask);
  pack.flag(kRemote, message.remote);
  pack.flag(kError, message.error);
  pack.text_or_nil(kChannel, message.channel.name());
  pack.number(kDlc, message.length);
  pack.bytes(kData, message.payload());
  pack.flag(kFd, message.fd);
  pack.flag(kBrs, message.brs);
  pack.flag(kEsi, message.esi);
  return static_cast<std::size_t>(pack.end() - out.data());
}

Channel SenderChannels::find(std::string_view name, Channel otherwise) {
  const auto end = known_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found = std::find_if(known_.begin(), end, [&](Channel c) { return c.name() == name; });
  if (found != end) return *found;
  if (name.empty() || name.size() > 64 || !is_printable(name) || count_ == known_.size())
    return otherwise;
  return known_[count_++] = Channel(name);
}

bool Decoder::decode(std::span<const std::uint8_t> datagram, Message& out) {
  Items items(datagram);
  Fields fields;
  if (!read_fields(items, fields) || !fields.to_message(out)) return false;
  out.channel = fields.channel().empty() ? channel_ : names_.find(fields.channel(), channel_);
  return true;
}

}  // namespace can::udp_multicast
