// SPDX-License-Identifier: MIT
#pragma once

/// The request to end the program. Code that waits for another program or machine polls
/// requested() and gives up; code that is only slow, such as a write to a slow disk, continues. Any
/// thread may poll.
namespace can::interruption {

/// Safe in a signal handler. A request can't be withdrawn.
void request() noexcept;

bool requested() noexcept;

}  // namespace can::interruption
