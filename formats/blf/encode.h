// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "libcan/model/message.h"

namespace can::blf {

constexpr std::size_t kMaxEncoded = 120;

/// Writes a message as an object, at most kMaxEncoded bytes. Returns the end.
char* encode(const Message& message, std::chrono::nanoseconds start, unsigned channel, char* at);

}  // namespace can::blf
