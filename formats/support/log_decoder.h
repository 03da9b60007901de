// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "cansuite/log.h"
#include "cansuite/signals.h"
#include "libcan/signals/packet_decoder.h"

namespace can::signals {

/// Decodes what LogOptions::signals names; knows nothing where the options name no databases.
class LogDecoder : public PacketDecoder {
 public:
  explicit LogDecoder(const LogOptions& options);

  /// At the end of the log. `late`: as of Resampler::late().
  void tell_losses(std::uint64_t late = 0) const;

 private:
  void tell(std::uint64_t count, std::string_view what, std::string_view lacking) const;

  std::function<void(const std::string&)> on_notice_;
};

/// Sees to it that the values of a message come from one channel: a column would mix several.
class OneChannel {
 public:
  /// Throws Errc::invalid.
  void check(const MessageDefinition& message, Channel channel);

 private:
  std::unordered_map<const MessageDefinition*, Channel> channels_;
};

/// Whether the log has a row a step.
inline bool is_resampled(const LogOptions& options) {
  return options.signals && options.signals->step.count() > 0;
}

}  // namespace can::signals
