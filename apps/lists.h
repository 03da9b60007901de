// SPDX-License-Identifier: MIT
#pragma once

namespace can::cli {

/// Prints the log formats or the interfaces on stdout: a table for people, or a JSON array.
void list_formats(bool json);
void list_interfaces(bool json);

}  // namespace can::cli
