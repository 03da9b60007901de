// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

/// Refusals of options that would have no effect. All names are as the application has them, and
/// all functions throw Errc::invalid for the first of `options` that was given.
namespace can::cli {

using OptionNames = std::vector<std::string>;

/// Whether the command line has the option.
bool is_given(const CLI::App& app, const std::string& option);

/// "--sync: not allowed with <what>".
void refuse(const CLI::App& app, const OptionNames& options, std::string_view what);

/// The same where `other` was given: "--split: not allowed with --info".
void refuse_beside(const CLI::App& app, const std::string& other, const OptionNames& options);

/// Refuses `options` where none of `others` was given: "--count needs --period or --generate".
void refuse_without(const CLI::App& app, const OptionNames& others, const OptionNames& options);

/// `names` and `more`.
OptionNames with(OptionNames names, const OptionNames& more);

}  // namespace can::cli
