// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "cansuite/message.h"
#include "cansuite/signals.h"

namespace can::cli {

/// Whether the argument is a frame, "123#DEADBEEF", or a message, "Engine Speed=850.5". `catalog`
/// knows the names of messages; null: there are none.
bool is_frame(std::string_view argument, const signals::Catalog* catalog);

/// The frame of such an argument, with the time of now. Throws Errc::invalid.
Message frame_of(std::string_view argument, const signals::Catalog* catalog);

}  // namespace can::cli
