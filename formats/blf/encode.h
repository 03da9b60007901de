// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>

#include "cansuite/message.h"

namespace can::blf {

constexpr std::size_t kMaxEncoded = 120;  ///< bytes of an encoded message, at most

/// Writes a message as an object; returns the end. Its time counts from `start`; `channel` is from
/// 1.
char* encode(const Message& message, std::chrono::nanoseconds start, unsigned channel, char* at);

}  // namespace can::blf
