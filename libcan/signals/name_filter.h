// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cansuite/signals.h"

namespace can::signals {

/// A filter, as parse_filter() reads it, that passes the message: "standard:0C9:7FF". A parameter
/// group of J1939 passes with any priority, source and destination.
std::string filter_text(const MessageDefinition& message);

/// `filters` with each name of a message, between commas and blanks, as filter_text(). Other words
/// stay as they are.
std::string with_ids(std::string_view filters, const Catalog& catalog);

}  // namespace can::signals
