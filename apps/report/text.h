// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cansuite/channel.h"

/// Texts and tables of a report.
namespace can::cli {

using Write = std::function<void(const std::string&)>;  ///< takes the parts of the page, in order

double seconds(std::chrono::nanoseconds time);
std::string seconds_text(double value);  ///< "12.5 ms": four significant digits
std::string seconds_text(std::chrono::nanoseconds time);
std::string id_text(std::uint32_t key);  ///< of LogStatistics::Ids
std::string name_of_channel(Channel channel);
std::string date_text(std::chrono::nanoseconds time);

/// A row of cells, which are HTML.
template <class... Cells>
std::string row(const Cells&... cells) {
  std::string out = "<tr>";
  ((out += fmt::format("<td>{}</td>", cells)), ...);
  return out + "</tr>\n";
}

/// The start of a table, with the names of its columns.
std::string head(std::span<const std::string_view> names);
std::string head(std::initializer_list<std::string_view> names);
inline constexpr const char* kTableEnd = "</tbody></table></div>\n";

}  // namespace can::cli
