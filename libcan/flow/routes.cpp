// SPDX-License-Identifier: MIT
#include "libcan/flow/routes.h"

#include <algorithm>
#include <iterator>

#include "libcan/model/fail.h"

namespace can {

void Routes::assign(const std::string& from, const std::string& to) {
  for (const Assignment& each : assigned_)
    if (same_channel(Channel(each.from), Channel(from)))
      fail(Errc::invalid, "channel {}: goes to {} already, can't also go to {}", quote(from),
           quote(each.to), quote(to));
  assigned_.push_back({from, to});
}

void Routes::open(const Open& open) {
  if (!assigned()) bus_named("", open);
  for (Assignment& each : assigned_) each.bus = &bus_named(each.to, open);
}

Bus& Routes::bus_named(const std::string& name, const Open& open) {
  auto found = buses_.find(name);
  if (found == buses_.end()) found = buses_.emplace(name, open(name)).first;
  return *found->second;
}

Bus* Routes::find(Channel& channel) {
  if (!assigned() && !open_each_) return buses_.begin()->second.get();
  std::optional<Target>& target = known_[channel];
  if (!target) target = look_up(channel);
  if (target->bus) channel = target->channel;
  return target->bus;
}

void Routes::flush() {
  for (const auto& [channel, bus] : buses_) bus->flush();
}

std::vector<std::string> Routes::drain_notices() {
  std::vector<std::string> all;
  for (const auto& [channel, bus] : buses_)
    std::ranges::move(bus->drain_notices(), std::back_inserter(all));
  return all;
}

Routes::Target Routes::look_up(Channel channel) {
  if (open_each_) return {&bus_named(std::string(channel.name()), open_each_), channel};
  for (const Assignment& each : assigned_)
    if (same_channel(Channel(each.from), channel))
      return {each.bus, each.to == kPrinted ? channel : Channel(each.to)};
  return {};
}

}  // namespace can
