// SPDX-License-Identifier: MIT
#pragma once

namespace can::cli {

/// Tables of what the registries hold, on stdout.
void list_formats();
void list_interfaces();

}  // namespace can::cli
