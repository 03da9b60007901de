// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string_view>
#include <utility>

#include "formats/mf4/groups.h"

namespace can::mf4 {
namespace {

// Links of a CN block.
constexpr std::uint64_t kNext = 0, kComposition = 1, kName = 2, kData = 5;
constexpr int kMaxDepth = 8;  // of channels made of channels

constexpr std::pair<std::string_view, FrameKind> kKinds[] = {
    {"CAN_DataFrame", FrameKind::data},
    {"CAN_RemoteFrame", FrameKind::remote},
    {"CAN_ErrorFrame", FrameKind::error},
    {"CAN_OverloadFrame", FrameKind::overload}};

constexpr std::pair<std::string_view, Field FrameFields::*> kMembers[] = {
    {"BusChannel", &FrameFields::channel},
    {"ID", &FrameFields::id},
    {"IDE", &FrameFields::extended},
    {"DLC", &FrameFields::dlc},
    {"DataLength", &FrameFields::length},
    {"Dir", &FrameFields::direction},
    {"EDL", &FrameFields::fd},
    {"BRS", &FrameFields::brs},
    {"ESI", &FrameFields::esi},
    {"ErrorType", &FrameFields::error_type},
    {"DataBytes", &FrameFields::payload}};

/// Walks the channels of a group: a time channel, and one named as the kind of frame, which is made
/// of channels named "CAN_DataFrame.ID" or "ID".
class FieldsReader {
 public:
  FieldsReader(Blocks& blocks, RecordSize size) : blocks_(blocks), size_(size) {}

  void walk(std::uint64_t link, bool in_frame, int depth) {
    if (depth > kMaxDepth) blocks_.damaged(link, "channels nested too deep");
    while (link != 0) {
      const Block channel = blocks_.header(link);
      if (!channel.is("CN")) return;  // an array, which no frame has
      add(blocks_.at(link, "CN"), in_frame, depth);
      link = blocks_.link(channel, kNext);
    }
  }

  std::optional<FrameFields> result() {
    if (!found_) return std::nullopt;
    return std::move(fields_);
  }

 private:
  void add(const Block& channel, bool in_frame, int depth) {
    constexpr std::uint8_t kMaster = 2, kVirtualMaster = 3, kTime = 1;
    const auto kind = blocks_.number<std::uint8_t>(channel, 0);
    const bool is_time = blocks_.number<std::uint8_t>(channel, 1) <= kTime;
    if ((kind == kMaster || kind == kVirtualMaster) && is_time && !fields_.time.present())
      fields_.time = TimeField(Field(blocks_, channel, size_));
    const std::string name = blocks_.text(blocks_.link(channel, kName));
    const std::size_t dot = name.find('.');
    const bool names_kind = set_kind(std::string_view(name).substr(0, dot));
    if (dot != name.npos && names_kind)
      add_member(std::string_view(name).substr(dot + 1), channel);
    else if (in_frame)
      add_member(name, channel);
    if (const std::uint64_t parts = blocks_.link(channel, kComposition))
      walk(parts, in_frame || names_kind, depth + 1);
  }

  bool set_kind(std::string_view name) {
    const auto* found =
        std::ranges::find(kKinds, name, &std::pair<std::string_view, FrameKind>::first);
    if (found == std::end(kKinds) || (found_ && fields_.kind != found->second)) return false;
    fields_.kind = found->second;
    return found_ = true;
  }

  void add_member(std::string_view name, const Block& channel) {
    for (const auto& [known, member] : kMembers)
      if (name == known) fields_.*member = Field(blocks_, channel, size_);
    if (name == "DataBytes") find_payload(channel);
  }

  void find_payload(const Block& channel) {
    constexpr std::uint8_t kVariable = 1;
    fields_.place = PayloadPlace::record;
    if (blocks_.number<std::uint8_t>(channel, 0) != kVariable) return;
    fields_.payload_link = blocks_.link(channel, kData);
    if (fields_.payload_link == 0)
      fields_.place = PayloadPlace::none;
    else
      fields_.place = blocks_.header(fields_.payload_link).is("CG") ? PayloadPlace::group
                                                                    : PayloadPlace::values;
  }

  Blocks& blocks_;
  const RecordSize size_;
  FrameFields fields_;
  bool found_ = false;
};

}  // namespace

std::optional<FrameFields> read_frame_fields(Blocks& blocks, std::uint64_t first_channel,
                                             RecordSize size) {
  FieldsReader reader(blocks, size);
  reader.walk(first_channel, false, 0);
  return reader.result();
}

}  // namespace can::mf4
