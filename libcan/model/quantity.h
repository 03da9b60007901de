// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace can {

/// A number for people: "12,345,678".
std::string grouped(std::uint64_t number);

/// A number with its noun: "1 message", "12,345 messages".
std::string counted(std::uint64_t number, std::string_view noun);

}  // namespace can
