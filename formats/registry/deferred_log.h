// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "formats/support/format.h"

namespace can {

/// A log that takes the place of another with its first message: the file is locked from the start,
/// but what stands there stays where no message comes. Remarks wait for the first message.
std::unique_ptr<LogWriter> create_deferred_log(std::unique_ptr<Sink> sink, const Format& format,
                                               const LogOptions& options);

}  // namespace can
