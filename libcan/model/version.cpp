// SPDX-License-Identifier: MIT
#include "cansuite/version.h"

namespace can {

std::string_view version() noexcept { return CANSUITE_VERSION; }

}  // namespace can
