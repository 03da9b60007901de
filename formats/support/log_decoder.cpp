// SPDX-License-Identifier: MIT
#include "formats/support/log_decoder.h"

#include <fmt/core.h>

#include "libcan/model/fail.h"

namespace can::signals {

LogDecoder::LogDecoder(const LogOptions& options)
    : PacketDecoder(options.signals ? options.signals->catalog : Catalog{}),
      on_notice_(options.on_notice) {}

void LogDecoder::tell_losses(std::uint64_t late) const {
  tell(transport().lost() + transport().unfinished(), "message",
       "of J1939's transport protocol without all frames");
  tell(late, "value", "earlier than a row before, which lacks them: times of the log go backwards");
}

void LogDecoder::tell(std::uint64_t count, std::string_view what, std::string_view lacking) const {
  if (count > 0 && on_notice_)
    on_notice_(fmt::format("{} {}{} {}", count, what, count == 1 ? "" : "s", lacking));
}

void OneChannel::check(const MessageDefinition& message, Channel channel) {
  const auto [found, added] = channels_.try_emplace(&message, channel);
  if (!added && found->second != channel)
    fail(Errc::invalid,
         "message {} is on the channels {} and {}; --channel NAME or --dbc NAME=FILE chooses one",
         quote(message.name), quote(found->second.name()), quote(channel.name()));
}

}  // namespace can::signals
