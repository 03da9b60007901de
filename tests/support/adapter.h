// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// An emulated adapter, as its host sees it on the serial line. Packets on the emulated bus are
/// strings that all adapters of one kind understand. Written from the protocols' descriptions, not
/// from the drivers.
class Adapter {
 public:
  /// What an adapter does with bytes of its host.
  struct Reaction {
    std::string to_host;
    std::vector<std::string> to_bus;
  };

  virtual ~Adapter() = default;
  virtual Reaction receive(std::string_view bytes) = 0;
  /// What the host gets of a packet from the bus.
  virtual std::string deliver(const std::string& packet) { return packet; }
  /// For tests: the adapter is told something ("flags 24"); says whether it understood.
  virtual bool control(std::string_view) { return false; }
};

/// "slcan", "serial", "robotell" or "seeed"; for slcan with traits behind a colon, separated by
/// commas: "slcan:canable", "slcan:silent". Null for an unknown name.
std::unique_ptr<Adapter> make_adapter(std::string_view kind);
