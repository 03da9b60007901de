// SPDX-License-Identifier: MIT
#include "drivers/ixxat/library.h"

#include "libcan/model/fail.h"

namespace can::ixxat {
namespace {

constexpr const char* kNames[] = {"vcinpl.dll"};

constexpr CodeWords kWords[] = {
    {0x1, "VCI met something unexpected"},
    {0x2, "VCI can't do that"},
    {0x3, "VCI has no memory left"},
    {0x4, "VCI refuses a parameter"},
    {0x5, "VCI lacks an interface"},
    {0x6, "VCI refuses a pointer"},
    {0x7, "the handle is invalid; the device may be gone"},
    {0x8, "VCI gave up"},
    {0x9, "VCI gives no reason"},
    {0xA, "another program has the controller, or the rights are missing"},
    {0xB, "the device took too long"},
    {0xC, "the device is busy; another program uses it"},
    {0xD, "the device isn't done yet"},
    {0xE, "there are no data"},
    {0xF, "there is no other device"},
    {0x10, "the controller isn't initialized"},
    {0x11, "the controller is initialized already; another program set its bit rate"},
    {0x12, "there is no message"},
    {0x13, "the transmit queue is full"},
    {0x14, "VCI's buffer is too small"},
    {0x15, "the controller is in the wrong state"},
    {0x16, "there is such an object already"},
    {0x17, "the device has no channel of that number"},
    {0x18, "a file ends too early"},
    {0x19, "the device is gone"},
    {0x1A, "the device's firmware doesn't fit VCI; update it"},
};

void load_devices(const VendorLibrary& file, Functions& f) {
  file.require("vciInitialize", f.initialize);
  file.require("vciEnumDeviceOpen", f.enumerate_open);
  file.require("vciEnumDeviceNext", f.enumerate_next);
  file.require("vciEnumDeviceClose", f.enumerate_close);
  file.require("vciDeviceOpen", f.device_open);
  file.require("vciDeviceClose", f.device_close);
}

void load_controls(const VendorLibrary& file, Functions& f) {
  file.require("canControlOpen", f.control_open);
  file.require("canControlClose", f.control_close);
  file.require("canControlGetCaps", f.control_capabilities);
  file.require("canControlGetStatus", f.control_status);
  file.require("canControlInitialize", f.control_initialize);
  file.require("canControlReset", f.control_reset);
  file.require("canControlStart", f.control_start);
  file.require("canControlSetAccFilter", f.set_filter);
  file.require("canControlAddFilterIds", f.add_filter);
}

void load_channels(const VendorLibrary& file, Functions& f) {
  file.require("canChannelOpen", f.channel_open);
  file.require("canChannelInitialize", f.channel_initialize);
  file.require("canChannelActivate", f.channel_activate);
  file.require("canChannelClose", f.channel_close);
  file.require("canChannelGetStatus", f.channel_status);
  file.require("canChannelPeekMessage", f.peek_message);
  file.require("canChannelWaitRxEvent", f.wait_for_message);
  file.require("canChannelPostMessage", f.post_message);
}

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "ixxat",
    .title = "HMS' Ixxat VCI",
    .names = kNames,
    .advice =
        "there is VCI for Windows only; on Linux use -i socketcan with HMS' driver "
        "ixxat_usb2can or ix_active_can",
    .other_system = true};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  load_devices(file, *this);
  load_controls(file, *this);
  load_channels(file, *this);
  check(initialize(), "initialize VCI");
}

std::vector<DeviceInfo> Library::find() const {
  Handle list = nullptr;
  check(enumerate_open(&list), "look for devices");
  std::vector<DeviceInfo> all;
  DeviceInfo info{};
  while (enumerate_next(list, &info) == 0) all.push_back(info);
  enumerate_close(list);
  return all;
}

std::string words_of(Result result) {
  const auto code = static_cast<std::uint32_t>(result);
  const std::string_view words =
      (code & 0xFFFF0000) == kErrors ? find_words(kWords, code & 0xFFFF) : std::string_view();
  return fmt::format("{} (code {:X}h)",
                     words.empty() ? "VCI failed; the device may be gone" : words, code);
}

void check(Result result, std::string_view what) {
  if (result != 0) fail(Errc::io, "can't {}: {}", what, words_of(result));
}

}  // namespace can::ixxat
