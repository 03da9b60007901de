// SPDX-License-Identifier: MIT
#pragma once

#include "apps/cli.h"

namespace can::cli {

/// Prints the log formats or the interfaces on stdout: a table for people, or a JSON array. With
/// `verbose` also where the library of an interface is, or why there is none.
void list_formats(ListStyle style);
void list_interfaces(ListStyle style);

}  // namespace can::cli
