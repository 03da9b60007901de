// SPDX-License-Identifier: MIT
#include "formats/support/log_decoder.h"

#include <fmt/core.h>

#include "libcan/model/fail.h"

namespace can::signals {

LogDecoder::LogDecoder(const LogOptions& options)
    : PacketDecoder(options.signals ? options.signals->catalog : Catalog{}),
      on_notice_(options.on_notice) {}

void LogDecoder::tell_losses() const {
  const std::uint64_t count = transport().lost() + transport().unfinished();
  if (count > 0 && on_notice_)
    on_notice_(fmt::format("{} of J1939's transport protocol without all frames",
                           count == 1 ? "1 message" : fmt::format("{} messages", count)));
}

void OneChannel::check(const MessageDefinition& message, Channel channel) {
  const auto [found, added] = channels_.try_emplace(&message, channel);
  if (!added && found->second != channel)
    fail(Errc::invalid,
         "message {} is on the channels {} and {}; --channel NAME or --dbc NAME=FILE chooses one",
         quote(message.name), quote(found->second.name()), quote(channel.name()));
}

}  // namespace can::signals
