// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "cansuite/formats.h"

namespace can {

/// What is published at an MQTT broker has options like a format's, and a URL instead of a file.
extern const Format kPublication;

/// Whether a log of this name is published.
bool is_publication(const std::string& name);

/// What a recording of a bus that is published tells and is told, besides messages.
struct PublishedBus {
  /// The messages that the bus lost so far; for any thread.
  std::function<std::uint64_t()> lost{};
  /// Gets the messages that others want to be sent on the bus, where the option tx-allow allows
  /// them; on another thread.
  std::function<void(std::span<const Message>)> send{};
  /// Gets, at the end, the number of those messages of the recording that the spool lost.
  std::function<void(std::uint64_t)> on_lost{};
};

/// A log whose messages are published. At its end, and where its spool is full, it waits until the
/// sink has it all. Throws as create_log(), and Errc::io where no acknowledgement comes for a time.
std::unique_ptr<LogWriter> publish(const std::string& url, const LogOptions& options);

/// The same for a recording, which never waits for the sink: at its end for two seconds; what isn't
/// acknowledged then stays in the spool, for the next recording.
std::unique_ptr<LogWriter> publish(const std::string& url, const LogOptions& options,
                                   const PublishedBus& bus);

}  // namespace can
