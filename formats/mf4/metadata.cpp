// SPDX-License-Identifier: MIT
#include "formats/mf4/metadata.h"

#include <fmt/core.h>

#include "formats/mf4/data_blocks.h"
#include "formats/mf4/events.h"
#include "formats/mf4/image.h"

namespace can::mf4 {
namespace {

constexpr std::uint16_t kVersion = 410;  // asammdf completes no older ones

std::string id_block() {
  std::string bytes = "UnFinMF 4.10    cansuite";
  bytes.append(4, '\0');
  append(bytes, kVersion);
  bytes.append(30, '\0');
  append(bytes, std::uint16_t{kCounts});
  append(bytes, std::uint16_t{0});
  return bytes;
}

/// start or time of an entry: ns, zone and summer time in minutes, flags: 2 the zone is valid
std::string time_fields(std::int64_t time) {
  std::string data;
  append(data, time);
  append(data, std::uint32_t{0});
  append(data, std::uint32_t{2});
  return data;
}

/// A CN block. Fields as in field.cpp.
struct ChannelFields {
  std::uint8_t kind = 0, sync = 0, type = 0;
  std::uint32_t byte = 0, bits = 0, flags = 0;
};
std::uint64_t add_channel(Image& image, std::uint64_t name, const ChannelFields& fields,
                          std::uint64_t conversion = 0, std::uint64_t unit = 0) {
  std::string data = {static_cast<char>(fields.kind), static_cast<char>(fields.sync),
                      static_cast<char>(fields.type), '\0'};
  append(data, fields.byte);
  append(data, fields.bits);
  append(data, fields.flags);
  data.append(8 + 6 * sizeof(double), '\0');  // invalidation bit, precision, ranges
  return image.add("CN", {0, 0, name, 0, conversion, 0, unit, 0}, data);
}

/// The time: a signed number of nanoseconds.
std::uint64_t add_time_channel(Image& image) {
  constexpr std::uint8_t kLinear = 1, kMaster = 2, kTime = 1, kSigned = 2;
  std::string data = {kLinear, '\0'};
  append(data, std::uint16_t{0});
  append(data, std::uint16_t{0});
  append(data, std::uint16_t{2});  // values
  for (const double value : {0.0, 0.0, 0.0, 1e-9}) append(data, value);
  const std::uint64_t unit = image.add_text("s");
  const std::uint64_t conversion = image.add("CC", {0, unit, 0, 0}, data);
  return add_channel(image, image.add_text("Timestamp"),
                     {.kind = kMaster, .sync = kTime, .type = kSigned, .bits = 64}, conversion,
                     unit);
}

/// The channel of the frame, made of its members. CANalyzer wants the flag on all of them.
std::uint64_t add_frame_channel(Image& image, const Layout& layout) {
  constexpr std::uint8_t kBytes = 10;
  constexpr std::uint32_t kBusEvent = 0x400, kTimeSize = 8;
  const std::uint64_t frame = add_channel(image, image.add_text(layout.name),
                                          {.type = kBytes,
                                           .byte = kTimeSize,
                                           .bits = 8 * (layout.size - kTimeSize),
                                           .flags = kBusEvent});
  std::uint64_t previous = 0;
  for (const Member& member : layout.members) {
    const std::uint64_t name = image.add_text(fmt::format("{}.{}", layout.name, member.name));
    const std::uint64_t channel = add_channel(image, name,
                                              {.type = member.is_bytes ? kBytes : std::uint8_t{0},
                                               .byte = member.byte,
                                               .bits = 8 * member.bytes,
                                               .flags = kBusEvent});
    image.set_link(previous ? previous : frame, previous ? 0 : 1, channel);
    previous = channel;
  }
  return frame;
}

/// Where the records are from: a CAN bus.
std::uint64_t add_source(Image& image, std::uint64_t name) {
  constexpr char kBus = 2, kCan = 2;
  std::string data = {kBus, kCan};
  data.append(6, '\0');
  return image.add("SI", {image.add_text("CAN"), name, 0}, data);
}

}  // namespace

std::string log_head(std::int64_t start) {
  Image image(kIdBlock);
  const std::uint64_t header =
      image.add("HD", {0, 0, 0, 0, 0, 0}, time_fields(start).append(2 * sizeof(double), '\0'));
  image.set_link(header, 5, image.add_text("<HDcomment><TX></TX><common_properties/></HDcomment>"));
  const std::uint64_t comment = image.add_text(
      "<FHcomment><TX>created</TX><tool_id>cansuite</tool_id><tool_vendor></tool_vendor>"
      "<tool_version></tool_version></FHcomment>");
  image.set_link(header, 1, image.add("FH", {0, comment}, time_fields(start)));
  return id_block() + image.bytes();
}

GroupImage group_image(std::uint64_t at, const Layout& layout, unsigned number) {
  constexpr std::uint16_t kBusEvent = 2, kPlainBusEvent = 4;
  Image image(at);
  GroupImage out{.offset = image.add("DG", {0, 0, 0, 0}, std::string(8, '\0'))};
  const std::uint64_t name = image.add_text(fmt::format("CAN{}", number));
  const std::uint64_t source = add_source(image, name), time = add_time_channel(image);
  image.set_link(time, 0, add_frame_channel(image, layout));
  std::string data(16, '\0');  // record id, number of records
  append(data, std::uint16_t{kBusEvent | kPlainBusEvent});
  append(data, std::uint16_t{'.'});
  append(data, std::uint32_t{0});
  append(data, layout.size);
  append(data, std::uint32_t{0});
  const std::uint64_t group = image.add("CG", {0, time, name, source, 0, 0}, data);
  const std::uint64_t list = image.add("HL", {0}, std::string(8, '\0'));
  image.set_link(out.offset, 1, group);
  image.set_link(out.offset, 2, list);
  out.bytes = image.bytes();
  out.count_at = link_at(group, 6) + 8;
  out.data_at = link_at(list, 0);
  return out;
}

std::string event_image(std::uint64_t at, std::string_view text, std::int64_t time,
                        std::uint64_t& offset) {
  constexpr char kTime = 1, kUser = 4;
  Image image(at);
  const std::uint64_t name = image.add_text(text);
  std::string data = {static_cast<char>(kMarker), kTime, '\0', kUser};
  data.append(12, '\0');  // flags, scopes, attachments
  append(data, time);
  append(data, 1e-9);
  offset = image.add("EV", {0, 0, 0, name, 0}, data);
  return image.bytes();
}

}  // namespace can::mf4
