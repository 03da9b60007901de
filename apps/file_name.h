// SPDX-License-Identifier: MIT
#pragma once

#include <ctime>
#include <string>

namespace can::cli {

/// The name of a file with date and time, local, in the places of strftime(3): "drive_%Y%m%d.asc".
/// "%%" is a percent sign; a percent sign before anything else stays.
std::string dated(const std::string& name, std::time_t time);

}  // namespace can::cli
