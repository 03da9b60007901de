// SPDX-License-Identifier: MIT
#include "drivers/usb2can/library.h"

#include "libcan/model/fail.h"

namespace can::usb2can {
namespace {

constexpr const char* kNames[] = {"libusb2can.so", "libcanal.so"};

constexpr CodeWords kWords[] = {
    {1, "the library refuses the bit rate"},
    {2, "the controller is bus-off"},
    {3, "the controller is error-passive"},
    {4, "the bus has errors"},
    {5, "the library refuses the arbitration id"},
    {6, "the library refuses the message"},
    {7, "the library refuses the channel"},
    {8, "there is no message"},
    {9, "the queue is full"},
    {10, "the library refuses the size of a queue"},
    {11, "the queue can't be waited for"},
    {12, "the library gives no reason"},
    {13, "the hardware failed; is the device plugged in?"},
    {14, "the device can't be initialized; is it plugged in, and its serial number right?"},
    {15, "the device isn't initialized"},
    {16, "the device is initialized already; does another program use it?"},
    {17, "the library can't do that"},
    {18, "messages were lost"},
    {19, "there is no message"},
    {20, "a register of the controller can't be used"},
    {21, "the transmit queue is full"},
    {22, "there was a bit stuffing error"},
    {23, "there was a format error"},
    {24, "nobody acknowledged the message; is another node there, and the bit rate right?"},
    {25, "there was a bit error (recessive)"},
    {26, "there was a bit error (dominant)"},
    {27, "there was a checksum error"},
    {28, "the library needs another one, which can't be loaded"},
    {29, "the library needs another one, which lacks a function"},
    {30, "the library serves one program only; does another one use it?"},
    {31, "the library's own driver failed"},
    {32, "the device took too long"},
    {33, "the device isn't open; it may be gone"},
    {34, "the library refuses a parameter"},
    {35, "the library has no memory left"},
    {36, "the library has an internal error"},
    {37, "the library can't reach the device; it may be gone"},
    {38, "the library refuses the user"},
    {39, "the channel has too small packets"},
    {40, "the library has no CAN FD"},
    {41, "CAN FD can't be enabled"},
    {42, "the library can't open a socket"},
    {43, "the library knows no such interface"},
    {44, "the library can't bind a socket"},
};

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "usb2can",
    .title = "a CANAL library",
    .names = kNames,
    .advice =
        "name the library by -o library=FILE, such as one of VSCP's drivers in "
        "/var/lib/vscp/drivers/level1; 8devices has one for Windows only: on Linux use "
        "-i socketcan with the kernel's own driver usb_8dev"};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  file.require("CanalOpen", open);
  file.require("CanalClose", close);
  file.require("CanalSend", send);
  file.require("CanalReceive", receive);
  file.find("CanalBlockingReceive", blocking_receive);
  file.find("CanalDataAvailable", data_available);
  file.find("CanalGetStatus", get_status);
  file.find("CanalGetStatistics", get_statistics);
  file.find("CanalGetVersion", version);
  file.find("CanalGetDllVersion", library_version);
  file.find("CanalGetVendorString", vendor);
}

std::string Library::vendor_text() const {
  const char* const text = vendor ? vendor() : nullptr;
  return text ? text : "";
}

std::string words_of(long code) {
  const std::string_view words = find_words(kWords, code);
  if (words.empty()) return fmt::format("CANAL's code {}; the device may be gone", code);
  return fmt::format("{} (code {})", words, code);
}

void check(long code, std::string_view what) {
  if (code != kSuccess) fail(Errc::io, "can't {}: {}", what, words_of(code));
}

std::string version_text(unsigned long version) {
  return fmt::format("{}.{}.{}", version & 0xFF, version >> 8 & 0xFF, version >> 16 & 0xFF);
}

}  // namespace can::usb2can
