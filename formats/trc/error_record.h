// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "cansuite/error_frame.h"
#include "cansuite/message.h"

namespace can::trc {

/// The record of an error frame by PEAK's tools; in version 1.x the kind is in the id column.
///
/// 0  kind: 1 bit, 2 form, 4 stuff, 8 other; 0 unknown
/// 1  0 while sending, 1 while receiving
/// 2  place, numbered as by the SJA1000's error code capture (and error_frame.h)
/// 3  receive error counter
/// 4  transmit error counter
using ErrorRecord = std::array<std::uint8_t, 5>;

constexpr std::uint8_t kOtherKind = 8;
constexpr std::uint8_t kKnownKinds = error_bits::kBit | error_bits::kForm | error_bits::kStuff;

/// Makes `out` an error frame of this record; time and channel stay.
inline void set_error(const ErrorRecord& record, Message& out) {
  using namespace error_bits;
  out.error = true;
  if (record == ErrorRecord{}) return;
  out.id = kProtocol | kCounters;
  out.length = 8;
  out.data.fill(0);
  out.data[kProtocolKind] =
      static_cast<std::uint8_t>((record[0] & kKnownKinds) | (record[1] ? 0 : kTransmitting));
  out.data[kProtocolPlace] = record[2];
  out.data[kTxErrors] = record[4];
  out.data[kRxErrors] = record[3];
}

inline ErrorRecord error_record(const Message& m) {
  using namespace error_bits;
  if (!(m.id & kProtocol) || m.length != 8) return {};
  const std::uint8_t kind = m.data[kProtocolKind];
  const auto known = static_cast<std::uint8_t>(kind & kKnownKinds);
  return {known ? known : kOtherKind, static_cast<std::uint8_t>(kind & kTransmitting ? 0 : 1),
          m.data[kProtocolPlace], m.data[kRxErrors], m.data[kTxErrors]};
}

}  // namespace can::trc
