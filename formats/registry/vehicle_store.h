// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "cansuite/formats.h"
#include "libcan/fleet/batch_store.h"

namespace can {

/// A store of the batches of vehicles, in files such as "store/%v/%c.blf": %v is the vehicle, %c
/// the channel. With `rotate_every`, at least a second, the files of a name are those of its
/// multiples since the epoch: can0_2026-11-27T090000Z.blf. The batches of a .canb without %c are
/// written as they come. The format is `format`, or that of the extension. LogOptions::on_notice is
/// told of each file of the store that someone removed, once.
///
/// Throws Errc::invalid for a pattern without %v, Errc::unsupported for a format that can't be
/// continued behind any flush, Errc::io for a store that another program has.
std::unique_ptr<fleet::BatchStore> open_store(const std::string& pattern,
                                              const LogOptions& options = {},
                                              const Format* format = nullptr,
                                              std::chrono::nanoseconds rotate_every = {});

/// Whether a log of this name is a store.
bool is_store_pattern(const std::string& name);

}  // namespace can
