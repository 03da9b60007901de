// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of an Ixxat bus, by today's names of python-can and those of its first manual.
namespace can::ixxat {

using namespace vendor_options;

constexpr Option fifo_size(std::string_view name, std::string_view preset, std::string_view help) {
  return {.name = name,
          .help = help,
          .kind = OptionKind::number,
          .preset = preset,
          .min = 1,
          .max = 65535};
}

inline constexpr Option kHardwareId = {
    .name = "unique_hardware_id", .help = "hardware id of the device", .unset = "the first device"};
inline constexpr Option kOldHardwareId = {.name = "UniqueHardwareId",
                                          .help = "the same as unique_hardware_id"};
inline constexpr Option kRxFifo =
    fifo_size("rx_fifo_size", "1024", "messages that VCI keeps before they are received");
inline constexpr Option kOldRxFifo = number("rxFifoSize", 65535, "the same as rx_fifo_size");
inline constexpr Option kTxFifo =
    fifo_size("tx_fifo_size", "128", "messages that VCI keeps before they are sent");
inline constexpr Option kOldTxFifo = number("txFifoSize", 65535, "the same as tx_fifo_size");
inline constexpr Option kExtendedFrames =
    flag("extended", "true", "take part with ids of 29 bits, too");

inline constexpr Option kOptions[] = {kLibrary,     kHardwareId, kOldHardwareId, kRxFifo,
                                      kTxFifo,      kOldRxFifo,  kOldTxFifo,     kExtendedFrames,
                                      kSamplePoint, kReconnect,  kWait};

}  // namespace can::ixxat
