// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/mf4/block.h"
#include "formats/mf4/field.h"
#include "formats/mf4/time_field.h"

namespace can::mf4 {

enum class FrameKind : std::uint8_t { data, remote, error, overload };

/// Where the data bytes of a frame are.
enum class PayloadPlace : std::uint8_t {
  none,
  record,  ///< in the record itself
  group,   ///< in records of another channel group, of variable length
  values,  ///< in blocks of their own
};

/// The channels of a group of CAN frames, in ASAM's names for bus logging. Any may be absent.
struct FrameFields {
  FrameKind kind = FrameKind::data;
  TimeField time;
  Field channel, id, extended, dlc, length, direction, fd, brs, esi, error_type;
  Field payload;  ///< the bytes, or their offset in the group or the values
  PayloadPlace place = PayloadPlace::none;
  std::uint64_t payload_link = 0;  ///< of the CG block, or of the blocks with the values
};

/// A channel group (CG block): records of one layout.
struct ChannelGroup {
  std::uint64_t offset = 0;  ///< of its block
  std::uint64_t record_id = 0;
  std::uint64_t cycles = 0;  ///< number of records, as its writer says
  bool variable = false;     ///< a length and so many bytes, instead of records of one size
  RecordSize size{};
  std::optional<FrameFields> frames{};  ///< none for other than CAN frames
};

/// A data group (DG block): channel groups whose records are in the same data.
struct DataGroup {
  std::uint64_t data = 0;  ///< link to the data; 0: no records
  unsigned id_size = 0;    ///< bytes in front of each record, that say of which group it is
  std::vector<ChannelGroup> groups{};

  bool has_frames() const;
};

/// Reads all data groups from the list at `link`. What is damaged ends the list, and is appended to
/// `problems`.
std::vector<DataGroup> read_groups(Blocks& blocks, std::uint64_t link,
                                   std::vector<std::string>& problems);

/// The channels of the group if it has CAN frames.
std::optional<FrameFields> read_frame_fields(Blocks& blocks, std::uint64_t first_channel,
                                             RecordSize size);

}  // namespace can::mf4
