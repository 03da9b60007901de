// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "cansuite/log.h"

namespace can {

/// Several logs as one, in the order of their timestamps. Messages of one log keep their order; at
/// equal times, the message of the earlier log in the list comes first. Same channels, such as 1 in
/// one log and can0 in another, become one.
class MergedLog final : public LogReader {
 public:
  /// keep_going() has to be called on each log before; on the merged log it has no effect.
  explicit MergedLog(std::vector<std::unique_ptr<LogReader>> logs);

  bool at_hand() const override;

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override;

 private:
  struct Part {
    std::unique_ptr<LogReader> log;
    std::vector<Message> batch;
    std::size_t at = 0, count = 0;
    std::size_t warnings = 0;  // passed on so far

    const Message& next() const { return batch[at]; }
  };

  void refill(Part& part);
  void refill_dry();

  SameChannels same_;
  std::vector<Part> parts_;  // those that have not ended
};

}  // namespace can
