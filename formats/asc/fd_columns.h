// SPDX-License-Identifier: MIT
#pragma once

#include "cansuite/message.h"
#include "formats/support/scanner.h"

namespace can::asc {

/// Reads the columns of a CANFD line behind its id and symbolic name. In the `older` layout "d" or
/// "r" precedes the data length code, and other columns follow the data. Throws Errc::corrupt.
void read_fd_columns(Scanner& line, bool older, Message& out);

}  // namespace can::asc
