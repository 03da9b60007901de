// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "formats/format.h"

namespace can {

/// Looks at the messages of a log and tells what another format can't hold of them.
class Losses {
 public:
  explicit Losses(const Keeps& keeps) : keeps_(keeps) {}

  void look_at(std::span<const Message> messages);

  /// What got lost, for people: "CAN FD flags of 12 messages". Empty when nothing did.
  std::vector<std::string> found() const;

 private:
  Keeps keeps_;
  std::uint64_t fd_ = 0, remote_ = 0, error_ = 0, error_detail_ = 0, transmitted_ = 0, raw_dlc_ = 0;
  std::uint64_t channel_ = 0, time_ = 0;
};

}  // namespace can
