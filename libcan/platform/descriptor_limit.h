// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace can {

/// The number of descriptors that this process may have open. For any thread.
std::size_t descriptor_limit();

/// Whether this process can open fewer than `count` further descriptors: true as soon as the lowest
/// free number is that close to the limit. Costs three system calls. For any thread.
bool few_descriptors_left(std::size_t count);

}  // namespace can
