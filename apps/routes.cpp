// SPDX-License-Identifier: MIT
#include "apps/routes.h"

#include "libcan/model/error.h"

namespace can::cli {

void Routes::assign(const std::string& from, const std::string& to) {
  for (const Assignment& each : assigned_)
    if (same_channel(Channel(each.from), Channel(from)))
      fail(Errc::invalid, "channel {} goes to {} already, it can't go to {} too", quote(from),
           quote(each.to), quote(to));
  assigned_.push_back({from, to});
}

void Routes::assign(const std::string& text) {
  const std::size_t sign = text.find('=');
  if (sign == text.npos || sign == 0 || sign + 1 == text.size())
    fail(Errc::invalid, "--map: expected FROM=TO, got {}", quote(text));
  assign(text.substr(0, sign), text.substr(sign + 1));
}

void Routes::open(const BusOptions& options) {
  if (assigned_.empty()) buses_[""] = options.open();
  if (!assigned_.empty() && options.names_channel())
    fail(Errc::invalid,
         "-c names one bus for all channels, --map and TO=FROM one for each; "
         "give either");
  for (Assignment& each : assigned_) {
    std::unique_ptr<Bus>& bus = buses_[each.to];
    if (!bus) bus = options.open(each.to);
    each.bus = bus.get();
  }
}

Bus* Routes::find(Channel& channel) {
  if (assigned_.empty()) return buses_.begin()->second.get();
  std::optional<Target>& target = known_[channel];
  if (!target) target = look_up(channel);
  if (target->bus) channel = target->channel;
  return target->bus;
}

void Routes::flush() {
  for (const auto& [channel, bus] : buses_) bus->flush();
}

void Routes::tell_notes(const Program& program) {
  for (const auto& [channel, bus] : buses_) cli::tell_notes(program, *bus);
}

Routes::Target Routes::look_up(Channel channel) const {
  for (const Assignment& each : assigned_)
    if (same_channel(Channel(each.from), channel)) return {each.bus, Channel(each.to)};
  return {};
}

}  // namespace can::cli
