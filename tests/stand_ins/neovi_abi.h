// SPDX-License-Identifier: MIT
// The C ABI that libicsneo shares with Intrepid's icsneo40.dll, on 64-bit systems.
// Source: icsnVC40.h and the icsneo C API of libicsneo.
#pragma once

#include <cstddef>
#include <cstdint>

namespace can::stand_in::neovi {

constexpr int kMostMessages = 20'000;  // what an array for icsneoGetMessages has to hold

// StatusBitField.
constexpr std::uint32_t kGlobalError = 1, kTx = 2, kExtended = 4, kRemote = 8, kCrcError = 0x10,
                        kErrorPassive = 0x20, kBusOff = 0x200, kRecovered = 0x400,
                        kOverflow = 0x10000, kCanFd = 0x20000000;
constexpr std::uint32_t kErrorFrame = 0x20000;            // StatusBitField2
constexpr std::uint32_t kEsi = 1, kFdf = 8, kBrs = 0x10;  // StatusBitField3
constexpr std::uint8_t kProtocolCan = 1, kProtocolCanFd = 30;
constexpr std::uint8_t kTicksOf25Ns = 9;           // TimeStampHardwareID
constexpr std::int64_t kYear2007 = 1'167'609'600;  // s since 1970

struct NeoDevice {
  std::uint32_t type;
  std::int32_t handle, clients, serial, most_clients;
};
static_assert(sizeof(NeoDevice) == 20 && offsetof(NeoDevice, handle) == 4);
static_assert(offsetof(NeoDevice, clients) == 8 && offsetof(NeoDevice, serial) == 12);
static_assert(offsetof(NeoDevice, most_clients) == 16);

struct NeoDeviceEx {
  NeoDevice device;
  std::uint32_t firmware_major, firmware_minor, status, options;
  void *available, *description;
  std::int32_t is_ethernet;
  std::uint8_t mac[6];
  std::uint16_t hardware_revision;
  std::uint32_t reserved, address[4], port;
};
static_assert(sizeof(NeoDeviceEx) == 96 && offsetof(NeoDeviceEx, firmware_major) == 20);
static_assert(offsetof(NeoDeviceEx, firmware_minor) == 24 && offsetof(NeoDeviceEx, status) == 28);
static_assert(offsetof(NeoDeviceEx, options) == 32 && offsetof(NeoDeviceEx, available) == 40);
static_assert(offsetof(NeoDeviceEx, description) == 48);
static_assert(offsetof(NeoDeviceEx, is_ethernet) == 56 && offsetof(NeoDeviceEx, mac) == 60);
static_assert(offsetof(NeoDeviceEx, hardware_revision) == 66);
static_assert(offsetof(NeoDeviceEx, address) == 72 && offsetof(NeoDeviceEx, port) == 88);

struct Message {
  std::uint32_t status, status2, time_hardware, time_hardware2, time_system, time_system2;
  std::uint8_t hardware_clock, system_clock, network, node, protocol, piece, has_extra_data;
  std::uint8_t header_bytes, data_bytes, network2;
  std::int16_t description;
  std::uint32_t id;
  std::uint8_t data[8];
  std::uint32_t status3, status4;
  const void* extra_data;  // of the library's until the next icsneoGetMessages
  std::uint8_t misc, reserved[3];
};
static_assert(sizeof(void*) == 8, "the stand-in is made for 64-bit systems alone");
static_assert(sizeof(Message) == 72 && offsetof(Message, time_hardware) == 8);
static_assert(offsetof(Message, hardware_clock) == 24 && offsetof(Message, network) == 26);
static_assert(offsetof(Message, protocol) == 28 && offsetof(Message, has_extra_data) == 30);
static_assert(offsetof(Message, header_bytes) == 31 && offsetof(Message, data_bytes) == 32);
static_assert(offsetof(Message, network2) == 33 && offsetof(Message, description) == 34);
static_assert(offsetof(Message, id) == 36 && offsetof(Message, data) == 40);
static_assert(offsetof(Message, status3) == 48 && offsetof(Message, extra_data) == 56);
static_assert(offsetof(Message, misc) == 64);

}  // namespace can::stand_in::neovi
