// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "cansuite/stream.h"

namespace can {

/// Whether `head` starts with the first two bytes of a gzip file (RFC 1952).
bool is_gzip(std::string_view head);

/// Decompresses all members, one after the other. The bytes before a damaged or cut place come
/// first; then read() throws Errc::corrupt once.
std::unique_ptr<Source> gunzip(std::unique_ptr<Source> packed);

/// Compresses. flush() ends a block, so that all bytes before it can be read from a file that is
/// never closed. Appending adds a second member.
std::unique_ptr<Sink> gzip(std::unique_ptr<Sink> packed);

}  // namespace can
