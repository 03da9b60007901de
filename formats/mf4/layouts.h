// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "cansuite/message.h"

namespace can::mf4 {

/// A channel of a record that is written: whole bytes, so that readers that look at whole bytes
/// only agree.
struct Member {
  std::string_view name;  ///< "ID" of "CAN_DataFrame.ID"
  std::uint32_t byte;     ///< offset in the record
  std::uint32_t bytes;
  bool is_bytes = false;  ///< an array of bytes; else an unsigned number
};

/// A kind of record. All begin with the time, i64 ns since the start of the log.
struct Layout {
  std::string_view name;  ///< of the kind of frame
  std::uint32_t size;     ///< of a record, bytes
  std::span<const Member> members;
};

/// data frames of up to 8 bytes and of up to 64, remote frames, error frames
constexpr std::size_t kLayouts = 4;
const Layout& layout(std::size_t index);

/// The index of the layout that the message is written in.
inline std::size_t layout_of(const Message& message) {
  return message.error ? 3 : message.remote ? 2 : message.length > 8 ? 1 : 0;
}

/// Writes a record, Layout::size bytes. `time` since the start of the log, ns.
void put_record(char* at, const Message& message, std::int64_t time, unsigned channel);

}  // namespace can::mf4
