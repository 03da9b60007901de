// SPDX-License-Identifier: MIT
#pragma once

#include "drivers/support/vendor_options.h"

/// The options (-o) of an NI-CAN bus, by python-can's names.
namespace can::nican {

using namespace vendor_options;

inline constexpr Option kLogErrorFrames =
    flag("log_errors", "true", "receive error frames for errors on the bus");

inline constexpr Option kOptions[] = {kLibrary, kLogErrorFrames, kSamplePoint, kReconnect, kWait};

}  // namespace can::nican
