// SPDX-License-Identifier: MIT
#include "libcan/platform/interruption.h"

#include <atomic>

namespace can::interruption {
namespace {

std::atomic<bool> is_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void request() noexcept { is_requested.store(true, std::memory_order_relaxed); }

bool requested() noexcept { return is_requested.load(std::memory_order_relaxed); }

}  // namespace can::interruption
