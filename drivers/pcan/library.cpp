// SPDX-License-Identifier: MIT
#include "drivers/pcan/library.h"

#include <array>

#include "libcan/model/fail.h"

namespace can::pcan {
namespace {

constexpr const char* kNames[] = {"libpcanbasic.so.4", "libpcanbasic.so"};

constexpr Status kIllegal = 0x1000, kIllegalHandles = 0x1C00;  // these bits hold one number

constexpr CodeWords kWords[] = {
    {0x1, "the controller's transmit buffer is full"},
    {0x2, "the controller lost messages"},
    {0x4, "the bus has errors (light)"},
    {0x8, "the bus has errors (heavy): is another node there, and the bit rate right?"},
    {0x10, "the controller is bus-off"},
    {0x20, "there is no message"},
    {0x40, "the receive queue lost messages"},
    {0x80, "the transmit queue is full"},
    {0x100, "the controller's registers can't be tested"},
    {0x200, "PEAK's driver isn't loaded; \"modprobe pcan\" loads it"},
    {0x400, "another program uses the channel"},
    {0x800, "a PCAN-net uses the channel"},
    {0x1400, "there is no such channel; --list-interfaces shows those there are"},
    {0x1800, "there is no such PCAN-net"},
    {0x1C00, "there is no such PCAN client"},
    {0x2000, "the driver can't get what it needs of the system"},
    {0x4000, "the device doesn't have this setting"},
    {0x8000, "PCAN-Basic refuses a value"},
    {0x10000, "an unknown error"},
    {0x20000, "the message has no valid data"},
    {0x40000, "the controller is error-passive"},
    {0x80000, "the channel was opened in the other mode, CAN FD or classic"},
    {0x2000000, "done, but with irregularities"},
    {0x4000000, "the channel isn't open, or this program has opened it already"},
    {0x8000000, "the channel can't do that now"},
};

void add(std::string& text, Status code) {
  const std::string_view words = find_words(kWords, code);
  if (!words.empty()) text.append(text.empty() ? "" : "; ").append(words);
}

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "pcan",
    .title = "PEAK's PCAN-Basic",
    .names = kNames,
    .advice =
        "install PEAK's PCAN-Basic and its driver (peak-system.com), or use -i socketcan with "
        "the kernel's own drivers peak_usb and peak_pciefd"};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  file.require("CAN_Initialize", initialize);
  file.require("CAN_Uninitialize", uninitialize);
  file.require("CAN_GetStatus", get_status);
  file.require("CAN_Read", read);
  file.require("CAN_Write", write);
  file.require("CAN_GetValue", get_value);
  file.require("CAN_SetValue", set_value);
  file.find("CAN_InitializeFD", initialize_fd);
  file.find("CAN_ReadFD", read_fd);
  file.find("CAN_WriteFD", write_fd);
}

std::string Library::description() const {
  const std::string version = get_text(0, parameter::kApiVersion);
  return fmt::format("PCAN-Basic{}{}, {}", version.empty() ? "" : " ", version, file.file());
}

Status Library::set(Handle channel, std::uint8_t parameter, std::uint32_t value) const {
  return set_value(channel, parameter, &value, sizeof value);
}

std::uint32_t Library::get(Handle channel, std::uint8_t parameter) const {
  std::uint32_t value = 0;
  return get_value(channel, parameter, &value, sizeof value) == kOk ? value : 0;
}

std::string Library::get_text(Handle channel, std::uint8_t parameter) const {
  std::array<char, 256> text{};
  const auto size = static_cast<std::uint32_t>(text.size() - 1);
  return get_value(channel, parameter, text.data(), size) == kOk ? text.data() : std::string();
}

std::string words_of(Status status) {
  std::string text;
  if ((status & kIllegal) != 0) add(text, status & kIllegalHandles);
  const Status bits = (status & kIllegal) != 0 ? status & ~kIllegalHandles : status;
  for (Status bit = 1; bit != 0; bit <<= 1) add(text, bits & bit);
  if (text.empty()) text = "PCAN-Basic gives no reason; the device may be gone";
  return fmt::format("{} (code {:X}h)", text, status);
}

void check(Status status, std::string_view what) {
  if (status == kOk) return;
  const bool missing = (status & kIllegalHandles) == kIllegalHardware;
  fail(missing ? Errc::not_found : Errc::io, "can't {}: {}", what, words_of(status));
}

}  // namespace can::pcan
