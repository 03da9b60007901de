// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "cansuite/stream.h"

namespace can {

/// Whether `head` starts with the four bytes of a Zstandard frame (RFC 8878).
bool is_zstd(std::string_view head);

/// Decompresses all frames, one after the other. The bytes before a damaged or cut place come
/// first; then read() throws Errc::corrupt once.
std::unique_ptr<Source> unzstd(std::unique_ptr<Source> packed);

/// Compresses. flush() ends a frame, and each frame is written as a whole, so that a file whose
/// writer was killed is complete. Appending adds frames behind the last complete one.
std::unique_ptr<Sink> zstd(std::unique_ptr<Sink> packed);

}  // namespace can
