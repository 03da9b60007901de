// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "apps/cli.h"
#include "cansuite/bus.h"
#include "cansuite/log.h"

namespace can::cli {

/// The options of "cansend --generate".
struct GenerateOptions {
  bool wanted = false, extended = false, remote = false, brs = false, mixed = false;
  std::string id = "random", length = "random", data = "random";
  std::string gap = "200", wait = "1000", seed;
  std::uint64_t burst = 1;
};

void add_generate_options(CLI::App& app, GenerateOptions& options);

/// When sending ends, besides at a signal.
struct SendingLimits {
  std::uint64_t count = UINT64_MAX;  ///< frames
  std::chrono::nanoseconds duration = std::chrono::nanoseconds::max();
};

/// Sends generated frames up to a limit or a signal, then prints their number. `fd`: CAN FD frames.
/// `copy` gets what is sent; null: none. Throws Errc::invalid for values that make no sense, and as
/// Bus::send().
void generate(const Program& program, Bus& bus, const GenerateOptions& options, bool fd,
              const SendingLimits& limits, LogWriter* copy);

}  // namespace can::cli
