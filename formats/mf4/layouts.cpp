// SPDX-License-Identifier: MIT
#include "formats/mf4/layouts.h"

#include <cstring>

#include "formats/mf4/decode.h"
#include "libcan/model/bytes.h"

namespace can::mf4 {
namespace {

// The first members of all records.
#define CAN_MF4_COMMON                                                                          \
  {"BusChannel", 8, 2}, {"ID", 10, 4}, {"IDE", 14, 1}, {"DLC", 15, 1}, {"DataLength", 16, 1}, { \
    "Dir", 17, 1                                                                                \
  }
constexpr Member kShort[] = {
    CAN_MF4_COMMON, {"EDL", 18, 1}, {"BRS", 19, 1}, {"ESI", 20, 1}, {"DataBytes", 21, 8, true}};
constexpr Member kLong[] = {
    CAN_MF4_COMMON, {"EDL", 18, 1}, {"BRS", 19, 1}, {"ESI", 20, 1}, {"DataBytes", 21, 64, true}};
constexpr Member kRemote[] = {CAN_MF4_COMMON};
constexpr Member kError[] = {CAN_MF4_COMMON, {"ErrorType", 18, 1}, {"DataBytes", 19, 8, true}};
#undef CAN_MF4_COMMON

constexpr Layout kAll[kLayouts] = {{"CAN_DataFrame", 29, kShort},
                                   {"CAN_DataFrame", 85, kLong},
                                   {"CAN_RemoteFrame", 18, kRemote},
                                   {"CAN_ErrorFrame", 27, kError}};

char* put_data(char* at, const Message& message, std::size_t room) {
  const std::size_t size = message.payload().size();
  std::memcpy(at, message.data.data(), size);
  std::memset(at + size, 0, room - size);
  return at + room;
}

}  // namespace

const Layout& layout(std::size_t index) { return kAll[index]; }

void put_record(char* at, const Message& m, std::int64_t time, unsigned channel) {
  at = put(put(put(at, time), static_cast<std::uint16_t>(channel)), m.id);
  at = put(put(at, std::uint8_t{m.extended}), dlc_of(m));
  at = put(at, static_cast<std::uint8_t>(m.payload().size()));
  at = put(at, std::uint8_t{m.transmitted});
  if (m.remote) return;
  if (m.error) {
    at = put(at, static_cast<std::uint8_t>(error_type_of(m)));
  } else {
    at = put(put(put(at, std::uint8_t{m.fd}), std::uint8_t{m.brs}), std::uint8_t{m.esi});
  }
  put_data(at, m, m.length > 8 ? 64 : 8);
}

}  // namespace can::mf4
