// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "libcan/signals/message_check.h"

namespace can::cli {

/// What canconvert --info says with --dbc, as text on stdout.
void print_check(const signals::MessageCheck& check);
/// The same as a JSON object.
std::string check_json(const signals::MessageCheck& check);

}  // namespace can::cli
