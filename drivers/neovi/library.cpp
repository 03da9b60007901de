// SPDX-License-Identifier: MIT
#include "drivers/neovi/library.h"

#include <algorithm>
#include <array>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can::neovi {
namespace {

constexpr const char* kNames[] = {"libicsneolegacy.so", "libicsneolegacy.so.0"};

constexpr CodeWords kWords[] = {
    {13, "the library's buffer is full"},
    {75, "the device doesn't answer; plug it in again"},
    {90, "the device has no such network to send on; -c names another"},
    {190, "the device has no licence for that"},
};

constexpr CodeWords kTypes[] = {
    {0x1, "neoVI BLUE"},        {0x4, "ValueCAN"},           {0x8, "neoVI FIRE"},
    {0x10, "ValueCAN 3"},       {0x40, "neoVI RED"},         {0x80, "neoECU"},
    {0x1000, "neoVI PLASMA"},   {0x40000, "neoVI ION"},      {0x200000, "ValueCAN 4-4"},
    {0x400000, "ValueCAN 4-2"}, {0x4000000, "neoVI FIRE 2"},
};

/// The same list from the older function, which knows less of a device.
int find_by_old_function(const Functions& f, std::uint32_t types, std::vector<NeoDeviceEx>& out,
                         int& count) {
  std::vector<NeoDevice> devices(out.size());
  const int done = f.find_neo_devices(types, devices.data(), &count);
  for (std::size_t i = 0; i < devices.size(); ++i) out[i].device = devices[i];
  return done;
}

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "neovi",
    .title = "Intrepid's library",
    .names = kNames,
    .advice =
        "build libicsneolegacy.so of github.com/intrepidcs/libicsneo, or use -i socketcan with "
        "Intrepid's icsscand"};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  file.find("icsneoFindDevices", find_devices);
  if (!find_devices) file.require("icsneoFindNeoDevices", find_neo_devices);
  file.find("icsneoOpenDevice", open_device);
  if (!open_device || !find_devices) file.require("icsneoOpenNeoDevice", open_neo_device);
  file.require("icsneoClosePort", close_port);
  file.require("icsneoGetMessages", get_messages);
  file.require("icsneoTxMessages", transmit);
  file.find("icsneoFreeObject", free_object);
  file.find("icsneoWaitForRxMessagesWithTimeOut", wait_for_messages);
  file.find("icsneoGetTimeStampForMsg", time_of);
  file.find("icsneoSetBitRate", set_bitrate);
  file.find("icsneoSetFDBitRate", set_fd_bitrate);
  file.find("icsneoGetLastAPIError", last_error);
  file.find("icsneoGetErrorInfo", error_info);
  file.find("icsneoGetDLLVersion", version);
}

std::vector<NeoDeviceEx> Library::find(std::uint32_t types) const {
  std::vector<NeoDeviceEx> all(kMaxDevices);
  int count = kMaxDevices;
  const int done = find_devices ? find_devices(all.data(), &count, nullptr, 0, nullptr, nullptr)
                                : find_by_old_function(*this, types, all, count);
  if (done != 1) fail(Errc::io, "{}: can't look for devices", file.file());
  all.resize(static_cast<std::size_t>(std::clamp(count, 0, kMaxDevices)));
  std::erase_if(all, [types](const NeoDeviceEx& each) { return (each.device.type & types) == 0; });
  return all;
}

void* Library::open(NeoDeviceEx& device) const {
  void* handle = nullptr;
  const int done = open_neo_device ? open_neo_device(&device.device, &handle, nullptr, 1, 0)
                                   : open_device(&device, &handle, nullptr, 1, 0, nullptr, 0);
  return done == 1 ? handle : nullptr;
}

unsigned long Library::error_of(void* handle) const {
  unsigned long code = 0;
  return last_error && last_error(handle, &code) == 1 ? code : 0;
}

std::string Library::words_of(unsigned long code) const {
  const std::string_view known = find_words(kWords, static_cast<std::int64_t>(code));
  if (!known.empty()) return fmt::format("{} (code {})", known, code);
  if (code == 0) return "the library gives no reason; the device may be gone";
  std::array<char, 256> brief{}, text{};
  int brief_size = brief.size() - 1, text_size = text.size() - 1, severity = 0, restart = 0;
  if (!error_info || error_info(static_cast<int>(code), brief.data(), text.data(), &brief_size,
                                &text_size, &severity, &restart) != 1)
    return fmt::format("the library's code {}", code);
  return fmt::format("{} (code {})", escaped(brief.data()), code);
}

std::string serial_text(std::int32_t serial) {
  constexpr std::int64_t kFirst = 16'796'160, kLast = 2'176'782'335;  // 0A0000 and ZZZZZZ
  if (serial <= kFirst || serial >= kLast) return std::to_string(serial);
  std::string text;
  for (std::int32_t rest = serial; rest > 0; rest /= 36)
    text.insert(text.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36]);
  return text;
}

std::string describe(const NeoDevice& device) {
  const std::string_view type = find_words(kTypes, device.type);
  return fmt::format("{} {}", type.empty() ? "unknown neoVI" : type, serial_text(device.serial));
}

}  // namespace can::neovi
