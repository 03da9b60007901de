// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace can {

/// Gives the calling thread a real-time priority (SCHED_FIFO 10; threads that it starts have the
/// usual one) and locks the program's memory. Returns what was not allowed, with what would help;
/// empty: nothing.
std::vector<std::string> become_realtime();

/// Gives the calling thread, and those that it starts, the lowest of the usual priorities.
void yield_to_others();

}  // namespace can
