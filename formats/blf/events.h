// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "formats/blf/objects.h"

namespace can::blf {

/// The bytes at the start of an object that event_text() reads at most. Longer texts are cut.
constexpr std::size_t kMaxEvent = 240;

/// Whether event_text() knows objects of this type: texts of a user, and reports of an interface
/// about its bus.
bool holds_event(ObjectType type);

/// The text of an event: "marker 'overtaking'"; "" for none. The header is plausible and
/// min(header.size, kMaxEvent) bytes are in memory.
std::string event_text(const ObjectHeader& header, const char* at);

/// The text of a marker or comment as the user wrote it: "overtaking"; "" for other events.
std::string remark_of(const ObjectHeader& header, const char* at);

}  // namespace can::blf
