// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "libcan/canb/canb.h"

namespace can::canb {

/// Compares each batch of a log with the one before it.
class Gaps {
 public:
  /// What is missing before a batch of `frames` messages: "3 messages lost on the bus"; "" for
  /// nothing.
  std::string before(const BatchInfo& info, std::size_t frames);

 private:
  std::optional<BatchInfo> last_;
  std::uint64_t next_frame_ = 0;  // number of the message behind the last batch
};

}  // namespace can::canb
