// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

#include "apps/cli.h"
#include "cansuite/config.h"
#include "cansuite/formats.h"

namespace can::cli {

/// What vehicles publish at a broker, to be stored.
struct Collection {
  BusConfig bus{};                          ///< of the interface mqtt
  std::string files{};                      ///< "store/%v/%c.blf"
  const Format* format = nullptr;           ///< of the files
  LogOptions log{};                         ///< of the files
  std::chrono::nanoseconds rotate_every{};  ///< time of a file; 0: one for all times
  std::chrono::nanoseconds duration = std::chrono::nanoseconds::max();  ///< ends after this time
};

/// Stores what vehicles publish until a signal, and acknowledges what is durable. What the disk
/// doesn't take is told, and sent again by the vehicles. Throws as open_store() and
/// fleet::Collector.
Exit collect(const Program& program, const Collection& collection);

}  // namespace can::cli
