// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/mf4/image.h"

/// Makes MDF 4 logs of layouts that canconvert doesn't write.
namespace mf4_builder {

using can::mf4::append;
using can::mf4::Image;

/// A CN block: whole bytes, unsigned, without conversion, if not said otherwise.
struct ChannelBlock {
  std::string_view name;
  std::uint32_t byte = 0, bits = 8;
  std::uint8_t bit = 0, kind = 0, sync = 0, type = 0;
  std::uint32_t flags = 0, invalidation_bit = 0;
  std::uint64_t conversion = 0, data = 0;
};

inline std::string number_bytes(std::uint64_t value, std::size_t size) {
  std::string bytes;
  append(bytes, value);
  return bytes.substr(0, size);
}

class Log {
 public:
  Log() {
    header = image.add("HD", {0, 0, 0, 0, 0, 0}, number_bytes(kStart, 8) + std::string(24, '\0'));
  }

  /// The channels of one list, the last first in the file; returns the offset of the first one.
  std::uint64_t channels(const std::vector<ChannelBlock>& list) {
    std::uint64_t next = 0;
    for (std::size_t i = list.size(); i-- > 0;) {
      const ChannelBlock& c = list[i];
      std::string data = {static_cast<char>(c.kind), static_cast<char>(c.sync),
                          static_cast<char>(c.type), static_cast<char>(c.bit)};
      for (const std::uint32_t value : {c.byte, c.bits, c.flags, c.invalidation_bit})
        append(data, value);
      data.append(52, '\0');
      const std::uint64_t name = image.add_text(c.name);
      next = image.add("CN", {next, 0, name, 0, c.conversion, c.data, 0, 0}, data);
    }
    return next;
  }

  std::uint64_t conversion(std::uint8_t kind, const std::vector<double>& values) {
    std::string data = {static_cast<char>(kind), 0, 0, 0, 0, 0};
    append(data, static_cast<std::uint16_t>(values.size()));
    data.append(16, '\0');
    for (const double value : values) append(data, value);
    return image.add("CC", {0, 0, 0, 0}, data);
  }

  struct Group {
    std::uint64_t id = 0, count = 0;
    std::uint16_t flags = 6;
    std::uint32_t bytes = 0, invalid = 0;
  };
  std::uint64_t group(std::uint64_t next, std::uint64_t first_channel, const Group& fields) {
    std::string data = number_bytes(fields.id, 8) + number_bytes(fields.count, 8);
    append(data, fields.flags);
    data.append(6, '\0');
    append(data, fields.bytes);
    append(data, fields.invalid);
    return image.add("CG", {next, first_channel, 0, 0, 0, 0}, data);
  }

  /// Appends a data group to the list of the log.
  void data_group(std::uint8_t id_size, std::uint64_t first_group, std::uint64_t data) {
    const std::uint64_t block =
        image.add("DG", {0, first_group, data, 0}, number_bytes(id_size, 8));
    if (last_group)
      image.set_link(last_group, 0, block);
    else
      image.set_link(header, 0, block);
    last_group = block;
  }

  std::string bytes(std::string_view magic = "MDF     ", std::uint16_t version = 410,
                    std::uint16_t unfinished = 0) const {
    std::string id(magic);
    id += "4.10    test    ";
    id.append(4, '\0');
    append(id, version);
    id.append(30, '\0');
    append(id, unfinished);
    append(id, std::uint16_t{0});
    return id + image.bytes();
  }

  static constexpr std::uint64_t kStart = 1'700'000'000'000'000'000;  // ns
  Image image{64};
  std::uint64_t header = 0, last_group = 0;
};

}  // namespace mf4_builder
