// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "cansuite/stream.h"

namespace can {

/// Whether `head` starts with the first two bytes of a gzip file (RFC 1952).
bool is_gzip(std::string_view head);

/// Decompresses all members, one after the other. The bytes before a damaged or cut place come
/// first; then read() throws Errc::corrupt once.
std::unique_ptr<Source> gunzip(std::unique_ptr<Source> packed);

/// Removes so many of the bytes that were written last.
using Retract = std::function<void(std::uint64_t bytes)>;

/// Compresses. flush() ends a block, so that all bytes before it can be read from a file that is
/// never closed; with `retract`, also the member, up to the next write, so that a file whose writer
/// was killed is complete. Appending adds a second member.
std::unique_ptr<Sink> gzip(std::unique_ptr<Sink> packed, Retract retract = {});

}  // namespace can
