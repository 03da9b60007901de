// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/support/vendor_call.h"

/// What this project uses of the binary interface of Intrepid's libraries: icsneo40.dll, and
/// libicsneolegacy.so of the open libicsneo.
///
/// Source: icsneo's C API (icsnVC40.h); names as there, without prefixes.
namespace can::neovi {

struct NeoDevice {
  std::uint32_t type;
  std::int32_t handle;
  std::int32_t clients;
  std::int32_t serial;
  std::int32_t max_clients;
};
static_assert(sizeof(NeoDevice) == 20);

struct NeoDeviceEx {
  NeoDevice device;
  std::uint32_t firmware_major, firmware_minor;
  std::uint32_t status, options;
  void *available_wifi, *wifi_info;
  std::int32_t is_ethernet;
  std::uint8_t mac[6];
  std::uint16_t hardware_revision;
  std::uint16_t revision_reserved[2];
  std::uint32_t ip[4];
  std::uint16_t port;
  std::uint16_t reserved[3];
};

/// With pointers of 64 bits 72 bytes, with those of 32 bits 64.
struct SpyMessage {
  std::uint32_t status, status2;
  std::uint32_t hardware_time, hardware_time2, system_time, system_time2;
  std::uint8_t hardware_clock, system_clock;  // kinds of clocks
  std::uint8_t network, node, protocol, piece;
  std::uint8_t has_extra_data;
  std::uint8_t header_length, length;
  std::uint8_t network2;  // the high byte
  std::int16_t description;
  std::uint32_t id;
  std::uint8_t data[8];
  std::uint32_t status3, status4;
  void* extra_data;
  std::uint8_t misc, reserved[3];
};

constexpr bool kWide = sizeof(void*) == 8;
static_assert(offsetof(NeoDeviceEx, firmware_major) == 20 && offsetof(NeoDeviceEx, options) == 32);
static_assert(!kWide ||
              (sizeof(NeoDeviceEx) == 96 && offsetof(NeoDeviceEx, available_wifi) == 40 &&
               offsetof(NeoDeviceEx, is_ethernet) == 56 && offsetof(NeoDeviceEx, mac) == 60 &&
               offsetof(NeoDeviceEx, hardware_revision) == 66 && offsetof(NeoDeviceEx, ip) == 72 &&
               offsetof(NeoDeviceEx, port) == 88));
static_assert(sizeof(SpyMessage) == (kWide ? 72 : 64) &&
              offsetof(SpyMessage, hardware_clock) == 24 && offsetof(SpyMessage, protocol) == 28 &&
              offsetof(SpyMessage, length) == 32 && offsetof(SpyMessage, description) == 34 &&
              offsetof(SpyMessage, id) == 36 && offsetof(SpyMessage, data) == 40 &&
              offsetof(SpyMessage, status3) == 48 && offsetof(SpyMessage, extra_data) == 56 &&
              offsetof(SpyMessage, misc) == (kWide ? 64 : 60));

// Bits of SpyMessage::status.
constexpr std::uint32_t kGlobalError = 0x1, kTransmitted = 0x2, kExtended = 0x4, kRemote = 0x8,
                        kCrcError = 0x10, kErrorPassive = 0x20, kIncomplete = 0x40,
                        kLostArbitration = 0x80, kUndefined = 0x100, kBusOff = 0x200,
                        kBusRecovered = 0x400, kInputOverflow = 0x10000;
// Of status2 and, in CAN FD, status3.
constexpr std::uint32_t kErrorFrame = 0x20000;
constexpr std::uint32_t kEsi = 0x1, kFdf = 0x8, kBrs = 0x10;

constexpr std::uint8_t kProtocolCan = 1, kProtocolCanFd = 30;
constexpr std::uint8_t kTicksOf25ns = 9;  // a hardware_clock: since 2007

/// icsneoGetMessages() writes so many in any case.
constexpr std::size_t kMaxMessages = 20'000;
constexpr int kMaxDevices = 255;

// Codes of icsneoGetLastAPIError().
constexpr unsigned long kBufferFull = 13;

/// The functions; a null pointer: the library lacks it. 1: done, 0: an error.
struct Functions {
  int(CANSUITE_CALL* find_neo_devices)(unsigned long types, NeoDevice*, int* count);
  int(CANSUITE_CALL* find_devices)(NeoDeviceEx*, int* count, unsigned* types, unsigned type_count,
                                   void* options, unsigned* reserved);
  int(CANSUITE_CALL* open_neo_device)(NeoDevice*, void** handle, unsigned char* networks,
                                      int read_configuration, int sync_to_pc);
  int(CANSUITE_CALL* open_device)(NeoDeviceEx*, void** handle, unsigned char* networks,
                                  int read_configuration, int options, void* open_options,
                                  unsigned long reserved);
  int(CANSUITE_CALL* close_port)(void* handle, int* errors);
  void(CANSUITE_CALL* free_object)(void* handle);
  int(CANSUITE_CALL* get_messages)(void* handle, SpyMessage*, int* count, int* errors);
  int(CANSUITE_CALL* wait_for_messages)(void* handle, unsigned milliseconds);
  int(CANSUITE_CALL* transmit)(void* handle, SpyMessage*, int network, int count);
  int(CANSUITE_CALL* time_of)(void* handle, SpyMessage*, double* seconds);  // since 2007
  int(CANSUITE_CALL* set_bitrate)(void* handle, int bitrate, int network);
  int(CANSUITE_CALL* set_fd_bitrate)(void* handle, int bitrate, int network);
  int(CANSUITE_CALL* last_error)(void* handle, unsigned long* code);
  int(CANSUITE_CALL* error_info)(int code, char* brief, char* text, int* brief_size, int* text_size,
                                 int* severity, int* restart);
  int(CANSUITE_CALL* version)();
};

}  // namespace can::neovi
