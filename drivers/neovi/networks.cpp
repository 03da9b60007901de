// SPDX-License-Identifier: MIT
#include "drivers/neovi/networks.h"

#include <algorithm>
#include <charconv>

#include "libcan/model/fail.h"

namespace can::neovi {
namespace {

struct Network {
  std::string_view name;
  int number;
};

/// Source: icsnVC40.h, NETID_*.
constexpr Network kNetworks[] = {
    {"HSCAN", 1},      {"MSCAN", 2},      {"SWCAN", 3},      {"LSFTCAN", 4},    {"HSCAN2", 42},
    {"HSCAN3", 44},    {"HSCAN4", 61},    {"HSCAN5", 62},    {"SWCAN2", 68},    {"HSCAN6", 96},
    {"HSCAN7", 97},    {"LSFTCAN2", 99},  {"DWCAN_01", 1},   {"DWCAN_08", 2},   {"DWCAN_09", 534},
    {"DWCAN_10", 535}, {"DWCAN_11", 536}, {"DWCAN_12", 537}, {"DWCAN_13", 538}, {"DWCAN_14", 539},
    {"DWCAN_15", 540}, {"DWCAN_16", 541}};

constexpr int kMaxNetwork = 0xFFFF;

}  // namespace

int parse_network(std::string_view text) {
  std::string_view name = text;
  if (name.starts_with("NETID_")) name.remove_prefix(6);
  const auto found = std::ranges::find(kNetworks, name, &Network::name);
  if (found != std::end(kNetworks)) return found->number;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number > 0 &&
      number <= kMaxNetwork)
    return number;
  fail(Errc::invalid, "expected a network such as 1, HSCAN or HSCAN2, got {}", quote(text));
}

}  // namespace can::neovi
