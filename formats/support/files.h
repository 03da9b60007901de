// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/log.h"
#include "cansuite/stream.h"

namespace can {

class Replacement;

/// "-" is standard input. Gzip and Zstandard data, recognized by their first bytes, are
/// decompressed. Throws Errc::not_found, Errc::io.
std::unique_ptr<Source> open_source(const std::string& path);

/// "-" is standard output. A path that ends with ".gz" or ".zst" is compressed. A regular file is
/// locked and must have no other use in this process (FileUse). The bytes of one write() stay
/// together. With `storage`, a regular file is a PatientFile. Throws Errc::not_found for a missing
/// folder, Errc::io, Errc::invalid.
std::unique_ptr<Sink> create_sink(const std::string& path, IfThere if_there,
                                  Storage* storage = nullptr);
/// As above, for the new file of a replacement. Errors name the file that is replaced.
std::unique_ptr<Sink> create_sink(const Replacement& replacement);

}  // namespace can
