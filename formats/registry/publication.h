// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/formats.h"

namespace can {

/// What is published at an MQTT broker has options like a format's, and a URL instead of a file.
extern const Format kPublication;

/// Whether a log of this name is published.
bool is_publication(const std::string& name);

/// A log whose messages are published. A recording (LogOptions::lost_by_bus is set) waits two
/// seconds for the sink at its end and leaves what isn't acknowledged in its spool, for the next
/// one. Any other log, at its end and where its spool is full, waits until the sink has it all.
/// Throws as create_log(), and Errc::io where no acknowledgement comes for a time.
std::unique_ptr<LogWriter> publish(const std::string& url, const LogOptions& options);

}  // namespace can
