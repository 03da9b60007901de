// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cansuite/log.h"
#include "cansuite/signals.h"

namespace can::signals {

/// Gives signals other values, in each message where they are present. Not thread-safe.
class Overwriter {
 public:
  /// Of each text, "Speed=100" or "Engine.Speed=100", the left side is a pattern of a catalog, the
  /// right side a value as raw_of() takes it. Throws Errc::invalid: another text, a name that no
  /// signal has, a value that the signal can't have.
  Overwriter(Catalog catalog, const std::vector<std::string>& texts);

  void apply(Message& message);

 private:
  Decoder decoder_;
  std::vector<std::uint64_t> raws_;  // by Value::number
};

/// The messages of a log, after `overwriter`.
std::unique_ptr<LogReader> overwritten(std::unique_ptr<LogReader> log, Overwriter overwriter);

}  // namespace can::signals
