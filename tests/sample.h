// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "cansuite/formats.h"
#include "cansuite/message.h"

/// Messages that between them use every field, as far as `keeps` allows.
inline std::vector<can::Message> sample(const can::Keeps& keeps) {
  using namespace std::chrono_literals;
  const bool names = keeps.channel >= can::KeepsChannel::interface;
  const can::Channel channels[] = {can::Channel(names ? "can0" : "1"),
                                   can::Channel(names ? "can1" : "2")};
  std::vector<can::Message> out;
  auto add = [&](can::Message m) {
    m.timestamp = 1'700'000'000s + 1'234'567ns * static_cast<long>(out.size());
    m.timestamp -= m.timestamp % keeps.step;
    if (keeps.channel != can::KeepsChannel::no) m.channel = channels[out.size() % 2];
    for (std::size_t i = 0; i < m.payload().size(); ++i)
      m.data[i] = static_cast<std::uint8_t>(i * 37 + out.size());
    out.push_back(m);
  };
  for (std::uint8_t n = 0; n <= 8; ++n) add({.id = 0x7FFu - n, .length = n});
  add({.id = 0x1FFFFFFF, .length = 8, .extended = true});
  add({.id = 0, .length = 1, .extended = true});
  add({.id = 0, .length = 0});
  if (keeps.direction) add({.id = 0x123, .length = 2, .transmitted = true});
  if (keeps.raw_dlc)
    for (std::uint8_t dlc = 9; dlc <= 15; ++dlc) add({.id = 0x124, .length = 8, .raw_dlc = dlc});
  if (keeps.remote)
    for (std::uint8_t n = 0; n <= 8; ++n) add({.id = 0x100, .length = n, .remote = true});
  if (keeps.error) {
    if (keeps.error_detail)
      add({.id = 0x4, .length = 8, .error = true});
    else
      add({.error = true});
  }
  if (keeps.fd)
    for (int n : {0, 8, 12, 16, 20, 24, 32, 48, 64}) {
      const auto length = static_cast<std::uint8_t>(n);
      add({.id = 0x321, .length = length, .fd = true, .brs = n % 16 == 0, .esi = n == 64});
      add({.id = 0x1ABCDEF0, .length = length, .extended = true, .fd = true, .esi = n == 12});
    }
  return out;
}
