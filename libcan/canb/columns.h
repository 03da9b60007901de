// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "libcan/canb/kinds.h"
#include "libcan/canb/layout.h"

namespace can::canb {

/// The columns of the messages, before compression. Sets what the head says of them.
std::string columns_of(std::span<const Message> messages, const Kinds& kinds, Head& head);

}  // namespace can::canb
