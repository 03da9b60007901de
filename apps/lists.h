// SPDX-License-Identifier: MIT
#pragma once

namespace can::cli {

/// The log formats and the interfaces, on stdout: a table for people, or a JSON array of objects.
void list_formats(bool json);
void list_interfaces(bool json);

}  // namespace can::cli
