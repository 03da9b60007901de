// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "libcan/model/message.h"

namespace can::trc {

/// What PEAK's tools note of an error frame; in version 1.x the kind stands in the id column.
///
/// 0  kind: 1 bit, 2 form, 4 stuff, 8 other; 0 not said
/// 1  0 while sending, 1 while receiving
/// 2  place, as the SJA1000's error code capture numbers them (linux/can/error.h does, too)
/// 3  receive error counter
/// 4  transmit error counter
using ErrorRecord = std::array<std::uint8_t, 5>;

constexpr std::uint32_t kProtocolClass = 0x08, kCounterClass = 0x200;  // linux/can/error.h
constexpr std::uint8_t kSaidKinds = 7, kOtherKind = 8, kSending = 0x80;

/// Makes `out` an error frame in the terms of linux/can/error.h; time and channel stay.
inline void set_error(const ErrorRecord& record, Message& out) {
  out.error = true;
  if (record == ErrorRecord{}) return;
  out.id = kProtocolClass | kCounterClass;
  out.length = 8;
  out.data.fill(0);
  out.data[2] = static_cast<std::uint8_t>((record[0] & kSaidKinds) | (record[1] ? 0 : kSending));
  out.data[3] = record[2];
  out.data[6] = record[4];
  out.data[7] = record[3];
}

inline ErrorRecord error_record(const Message& m) {
  if (!(m.id & kProtocolClass) || m.length != 8) return {};
  const auto said = static_cast<std::uint8_t>(m.data[2] & kSaidKinds);
  return {said ? said : kOtherKind, static_cast<std::uint8_t>(m.data[2] & kSending ? 0 : 1),
          m.data[3], m.data[7], m.data[6]};
}

}  // namespace can::trc
