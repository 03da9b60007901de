// SPDX-License-Identifier: MIT
// Scripted misbehaviour: the commands of README.md.
#pragma once

#include <optional>
#include <string>

#if defined(_WIN32)
#define STAND_IN_EXPORT extern "C" __declspec(dllexport)
#else
#define STAND_IN_EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace can::stand_in {

/// Does what a command says; false: there is no such command.
bool control(const std::string& command);

/// To be called first in each function of a library: counts the call, prints and delays it when
/// told to. What a command planned the function to return, if one did.
std::optional<long long> called(const char* function);

}  // namespace can::stand_in

/// Returns what a command planned.
#define STAND_IN_CALL(type) \
  if (const auto planned = can::stand_in::called(__func__)) return static_cast<type>(*planned)

/// Commands as in CANSUITE_STAND_IN, separated by ';'. 0: done; -1: one isn't known.
STAND_IN_EXPORT int stand_in_control(const char* commands);
/// "calls FUNCTION", "ports CHANNEL", "waiting CHANNEL" or "set CHANNEL NAME"; -1: not known.
STAND_IN_EXPORT long long stand_in_query(const char* question);
