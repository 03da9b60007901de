// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "drivers/pcan/abi.h"

namespace can::pcan {

/// The handle of "PCAN_USBBUS1", also without PCAN_. Throws Errc::invalid.
Handle parse_channel(std::string_view name);

/// "PCAN_USBBUS1"; "" for a handle without a name.
std::string channel_name(Handle handle);

/// 1 for PCAN_USBBUS1; 0 for what is no channel.
unsigned channel_number(std::string_view name);

}  // namespace can::pcan
