// SPDX-License-Identifier: MIT
#include "drivers/pcan/channels.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "libcan/model/fail.h"

namespace can::pcan {
namespace {

/// The channels `kind`first to `kind`last, with handles that count from `handle`.
struct Row {
  std::string_view kind;
  unsigned first, last;
  Handle handle;
};

constexpr Row kRows[] = {
    {"ISABUS", 1, 8, 0x21},   {"DNGBUS", 1, 1, 0x31},   {"PCIBUS", 1, 8, 0x41},
    {"PCIBUS", 9, 16, 0x409}, {"USBBUS", 1, 8, 0x51},   {"USBBUS", 9, 16, 0x509},
    {"PCCBUS", 1, 2, 0x61},   {"LANBUS", 1, 16, 0x801},
};

constexpr std::string_view kPrefix = "PCAN_";

unsigned number_behind(std::string_view kind, std::string_view name) {
  if (!name.starts_with(kind)) return 0;
  unsigned number = 0;
  const char* const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data() + kind.size(), last, number);
  return error == std::errc() && end == last ? number : 0;
}

Handle find_handle(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  for (const Row& row : kRows)
    if (const unsigned number = number_behind(row.kind, name);
        number >= row.first && number <= row.last)
      return static_cast<Handle>(row.handle + (number - row.first));
  return 0;
}

}  // namespace

Handle parse_channel(std::string_view name) {
  if (const Handle handle = find_handle(name)) return handle;
  fail(Errc::invalid,
       "expected a channel such as PCAN_USBBUS1 (ISABUS, DNGBUS, PCIBUS, USBBUS, PCCBUS, LANBUS), "
       "got {}",
       quote(name));
}

std::string channel_name(Handle handle) {
  for (const Row& row : kRows)
    if (handle >= row.handle && handle - row.handle <= static_cast<int>(row.last - row.first))
      return fmt::format("{}{}{}", kPrefix, row.kind, row.first + handle - row.handle);
  return {};
}

unsigned channel_number(std::string_view name) {
  const Handle handle = find_handle(name.empty() ? "USBBUS1" : name);
  for (const Row& row : kRows)
    if (handle >= row.handle && handle - row.handle <= static_cast<int>(row.last - row.first))
      return row.first + handle - row.handle;
  return 0;
}

}  // namespace can::pcan
