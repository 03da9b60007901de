// SPDX-License-Identifier: MIT
// Source: linux/can/error.h; Wireshark's blf.h for the codes; the SJA1000 data sheet, 6.4.9 (error
// code capture), whose numbers of places all three use.

#include "formats/blf/bus_errors.h"

#include "cansuite/error_frame.h"

namespace can::blf {

using namespace error_bits;

namespace {

// Flags of an object: which of its codes is valid.
constexpr std::uint32_t kSja1000Valid = 1, kCoreValid = 2;

/// Bits 0-4: place. Bit 5: while receiving. Bits 6-7: kind (bit, form, stuff, other).
BusError of_sja1000(std::uint8_t code) {
  constexpr std::uint8_t kKinds[] = {kBit, kForm, kStuff, 0};
  const bool receiving = (code & 0x20) != 0;
  return {.kind = static_cast<std::uint8_t>(kKinds[code >> 6] | (receiving ? 0 : kTransmitting)),
          .place = static_cast<std::uint8_t>(code & 0x1F)};
}

/// Bits 0-4: place. Bits 6-11: kind. Bit 12: while transmitting.
BusError of_core(std::uint16_t code) {
  BusError error{.place = static_cast<std::uint8_t>(code & 0x1F)};
  const auto at = [&error](std::uint8_t place) {
    if (error.place == 0) error.place = place;
  };
  switch (code >> 6 & 0x3F) {
    case 0:
    case 9:  // the FDF bit
      error.kind = kBit;
      break;
    case 1:
      error.kind = kForm;
      break;
    case 2:
      error.kind = kStuff;
      break;
    case 4:
      at(kCrcSequence);
      break;
    case 5:
      error.kind = kForm;
      at(kAckDelimiter);
      break;
    case 7:
      error.unacknowledged = true;
      at(kAckSlot);
      break;
    case 8:
      error.kind = kOverload;
      break;
    default:
      break;
  }
  if ((code & 0x1000) != 0) error.kind |= kTransmitting;
  return error;
}

}  // namespace

std::optional<BusError> bus_error(std::uint32_t flags, std::uint8_t sja1000_code,
                                  std::uint16_t core_code) {
  if ((flags & kCoreValid) != 0) return of_core(core_code);
  if ((flags & kSja1000Valid) != 0) return of_sja1000(sja1000_code);
  return std::nullopt;
}

void set_bus_error(const BusError& error, Message& out) {
  out.error = true;
  out.id = kProtocol | kBusError | (error.unacknowledged ? kNoAck : 0);
  out.length = 8;
  out.data = {};
  out.data[kProtocolKind] = error.kind;
  out.data[kProtocolPlace] = error.place;
}

}  // namespace can::blf
