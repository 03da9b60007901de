// SPDX-License-Identifier: MIT
#include "formats/mf4/groups.h"

#include <algorithm>
#include <utility>

#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

// Links of a DG block, of a CG block; flags of a CG block.
constexpr std::uint64_t kNext = 0, kFirstGroup = 1, kData = 2, kFirstChannel = 1;
constexpr std::size_t kMaxProblems = 100;
constexpr std::uint16_t kVariableLength = 1, kRemoteMaster = 8;

/// Data section of a CG block:
///    0  u64  record id
///    8  u64  number of records
///   16  u16  flags
///   24  u32  bytes of a record, of its channels
///   28  u32  bytes of a record, of its invalidation bits
ChannelGroup read_group(Blocks& blocks, const Block& block) {
  ChannelGroup group{.offset = block.offset};
  const auto flags = blocks.number<std::uint16_t>(block, 16);
  group.record_id = blocks.number<std::uint64_t>(block, 0);
  group.cycles = blocks.number<std::uint64_t>(block, 8);
  group.variable = (flags & kVariableLength) != 0;
  group.size = {blocks.number<std::uint32_t>(block, 24), blocks.number<std::uint32_t>(block, 28)};
  if (!group.variable)
    group.frames = read_frame_fields(blocks, blocks.link(block, kFirstChannel), group.size);
  if (group.frames && (flags & kRemoteMaster) != 0)
    blocks.damaged(block.offset, "column-oriented storage (MDF 4.20) can't be read");
  return group;
}

DataGroup read_data_group(Blocks& blocks, const Block& block) {
  DataGroup group{.data = blocks.link(block, kData),
                  .id_size = blocks.number<std::uint8_t>(block, 0)};
  constexpr unsigned kSizes[] = {0, 1, 2, 4, 8};
  if (std::ranges::find(kSizes, group.id_size) == std::end(kSizes))
    blocks.damaged(block.offset, fmt::format("record ids of {} bytes", group.id_size));
  for (std::uint64_t at = blocks.link(block, kFirstGroup); at != 0;) {
    const Block next = blocks.at(at, "CG");
    group.groups.push_back(read_group(blocks, next));
    at = blocks.link(next, kNext);
  }
  return group;
}

}  // namespace

bool DataGroup::has_frames() const {
  return std::ranges::any_of(groups,
                             [](const ChannelGroup& each) { return each.frames.has_value(); });
}

std::vector<DataGroup> read_groups(Blocks& blocks, std::uint64_t link,
                                   std::vector<std::string>& problems) {
  std::vector<DataGroup> groups;
  while (link != 0 && problems.size() < kMaxProblems) try {
      const Block block = blocks.at(std::exchange(link, 0), "DG");
      link = blocks.link(block, kNext);
      groups.push_back(read_data_group(blocks, block));
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt) throw;
      problems.emplace_back(error.what());
    }
  return groups;
}

}  // namespace can::mf4
