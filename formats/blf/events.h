// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "formats/blf/objects.h"

namespace can::blf {

/// How much of an object, from its start, event_text() looks at at most. Longer texts are cut.
constexpr std::size_t kMaxEvent = 240;

/// Whether event_text() knows objects of this type: what somebody wrote into the log, and what an
/// interface told of its bus.
bool holds_event(ObjectType type);

/// "marker 'overtaking'"; "" where there is nothing to tell. The header's fields are known to be
/// plausible; min(header.size, kMaxEvent) bytes are there.
std::string event_text(const ObjectHeader& header, const char* at);

}  // namespace can::blf
