// SPDX-License-Identifier: MIT
#pragma once

/// Somebody wants the program to end. What would wait for another program, or another machine, asks
/// here and gives up; what only takes its time, such as a slow disk, goes on. Any thread may ask.
namespace can::interruption {

/// Safe in a signal handler. There is no way back.
void request() noexcept;

bool requested() noexcept;

}  // namespace can::interruption
