// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "apps/cli.h"
#include "cansuite/bus.h"
#include "cansuite/signals.h"

namespace can::cli {

/// Which part of a bus is recorded: --when, --before and --after.
struct TriggerOptions {
  std::string when, before, after;
};

void add_options(CLI::App& app, TriggerOptions& options);

/// The bus around the times at which the condition holds; the bus itself without one. `catalog`: of
/// --dbc, or null. `most`: messages in memory. Throws Errc::invalid.
std::unique_ptr<Bus> triggered(std::unique_ptr<Bus> bus, const TriggerOptions& options,
                               const signals::Catalog* catalog, std::size_t most);

}  // namespace can::cli
