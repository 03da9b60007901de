// SPDX-License-Identifier: MIT
#include "drivers/kvaser/library.h"

#include "libcan/model/fail.h"

namespace can::kvaser {
namespace {

constexpr const char* kNames[] = {"libcanlib.so.1", "libcanlib.so"};

constexpr CodeWords kWords[] = {
    {-1, "CANLIB refuses a parameter"},
    {-2, "there is no message"},
    {-3, "there is no such channel; --list-interfaces shows those there are"},
    {-4, "CANLIB has no memory left"},
    {-5, "there are no channels; is the device plugged in, and its driver loaded?"},
    {-6, "a signal interrupted CANLIB"},
    {-7, "CANLIB took too long"},
    {-8, "CANLIB isn't initialized"},
    {-9, "CANLIB has no handles left; other programs have too many channels open"},
    {-10, "the handle is invalid; the device may be gone"},
    {-11, "CANLIB's configuration can't be read"},
    {-12, "CANLIB and the kernel's driver don't fit together; both come with linuxcan"},
    {-13, "the transmit queue is full"},
    {-15, "the hardware failed; plug the device in again"},
    {-16, "CANLIB can't load a driver"},
    {-17, "CANLIB's driver is of another version"},
    {-18, "CANLIB's driver can't be initialized"},
    {-19, "the device can't do that"},
    {-23, "the kernel's driver can't be loaded"},
    {-24, "the kernel's driver failed; \"dmesg\" may say why"},
    {-25, "CANLIB's configuration manager is missing"},
    {-26, "the device is gone"},
    {-28, "CANLIB's registry can't be read"},
    {-29, "the device has no licence for that"},
    {-30, "CANLIB has an internal error"},
    {-31, "another program has the channel for itself, or the rights are missing"},
    {-32, "the device can't do that (not implemented)"},
    {-33, "a file of the device can't be read"},
    {-34, "a file can't be read"},
    {-35, "the device has trouble with its disk"},
    {-36, "the device found a wrong checksum"},
    {-37, "the device's configuration is damaged"},
    {-38, "the device's memory failed"},
    {-39, "the device's script failed"},
    {-40, "there is no such version of the script"},
    {-41, "the script's type is wrong"},
    {-42, "the script doesn't run"},
    {-43, "CANLIB wants a larger buffer"},
    {-44, "the device has no such pin"},
    {-45, "the device's pin can't do that"},
    {-46, "the device's pins aren't confirmed"},
    {-47, "the device's pins changed"},
    {-48, "the device's pins failed"},
};

void load_functions(const VendorLibrary& file, Functions& f) {
  file.require("canInitializeLibrary", f.initialize);
  file.require("canGetNumberOfChannels", f.count_channels);
  file.require("canGetChannelData", f.channel_data);
  file.require("canOpenChannel", f.open);
  file.require("canClose", f.close);
  file.require("canSetBusParams", f.set_params);
  file.require("canSetBusOutputControl", f.set_output);
  file.require("canBusOn", f.bus_on);
  file.require("canBusOff", f.bus_off);
  file.require("canWrite", f.write);
  file.require("canWriteSync", f.wait_until_sent);
  file.require("canRead", f.read);
  file.require("canIoCtl", f.control);
  file.require("canReadStatus", f.read_status);
}

/// Those that older libraries lack, or that are no more than useful.
void find_functions(const VendorLibrary& file, Functions& f) {
  file.find("canSetBusParamsFd", f.set_fd_params);
  file.find("canSetAcceptanceFilter", f.set_filter);
  file.find("canGetRawHandle", f.raw_handle);
  file.find("kvReadTimer", f.read_timer);
  file.find("canReadErrorCounters", f.read_error_counters);
  file.find("kvFlashLeds", f.flash_leds);
  file.find("canGetVersion", f.version);
}

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "kvaser",
    .title = "Kvaser's CANLIB",
    .names = kNames,
    .advice =
        "install Kvaser's linuxcan (kvaser.com/download), or use -i socketcan with the "
        "kernel's own drivers kvaser_usb and kvaser_pciefd"};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  load_functions(file, *this);
  find_functions(file, *this);
  initialize();
}

std::string Library::description() const {
  if (!version) return fmt::format("{}, {}", kLibraryInfo.title, file.file());
  const unsigned number = version();
  return fmt::format("{} {}.{}, {}", kLibraryInfo.title, number >> 8, number & 0xFF, file.file());
}

std::string words_of(Status status) {
  const std::string_view words = find_words(kWords, status);
  if (words.empty()) return fmt::format("CANLIB's code {}; the device may be gone", status);
  return fmt::format("{} (code {})", words, status);
}

Status check(Status status, std::string_view what) {
  if (status >= kOk) return status;
  fail(status == kNotFound ? Errc::not_found : Errc::io, "can't {}: {}", what, words_of(status));
}

}  // namespace can::kvaser
