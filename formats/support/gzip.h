// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "formats/support/stream.h"

namespace can {

/// True for the first two bytes of a gzip file (RFC 1952).
bool is_gzip(std::string_view head);

/// Unpacks, all members one behind the other. What precedes a damaged or cut place is given first;
/// then read() throws Errc::corrupt once.
std::unique_ptr<Source> gunzip(std::unique_ptr<Source> packed);

/// Packs. flush() ends a block, so that all before it can be unpacked from a file that was never
/// closed. A file appended to gets a second member.
std::unique_ptr<Sink> gzip(std::unique_ptr<Sink> packed);

}  // namespace can
