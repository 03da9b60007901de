// SPDX-License-Identifier: MIT
#include "tests/stand_ins/pcan_rates.h"

#include <algorithm>
#include <map>
#include <sstream>

namespace can::stand_in::pcan {
namespace {

struct Range {
  unsigned least, most;
  bool needed = true;
};

const std::map<std::string, Range>& ranges() {
  static const std::map<std::string, Range> ranges = {
      {"nom_brp", {1, 1024}},           {"nom_tseg1", {1, 256}},
      {"nom_tseg2", {1, 128}},          {"nom_sjw", {1, 128}},
      {"data_brp", {1, 1024}},          {"data_tseg1", {1, 32}},
      {"data_tseg2", {1, 16}},          {"data_sjw", {1, 16}},
      {"nom_sam", {0, 3, false}},       {"f_clock", {20'000'000, 80'000'000, false}},
      {"f_clock_mhz", {20, 80, false}}, {"data_ssp_offset", {0, 0x7F, false}},
  };
  return ranges;
}

std::string without_blanks(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

using Fields = std::map<std::string, unsigned>;

bool add(Fields& fields, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return false;
  const auto range = ranges().find(text.substr(0, equals));
  unsigned value = 0;
  std::istringstream digits(text.substr(equals + 1));
  if (range == ranges().end() || !(digits >> value) || !digits.eof()) return false;
  fields[range->first] = value;
  return value >= range->second.least && value <= range->second.most;
}

bool complete(const Fields& fields) {
  return std::all_of(ranges().begin(), ranges().end(), [&](const auto& field) {
    return !field.second.needed || fields.contains(field.first);
  });
}

/// Hz; 0: none, or none of those that there are.
unsigned clock_of(const Fields& fields) {
  const auto hz = fields.find("f_clock"), mhz = fields.find("f_clock_mhz");
  const unsigned clock = hz != fields.end()    ? hz->second
                         : mhz != fields.end() ? mhz->second * 1'000'000
                                               : 0;
  for (const unsigned known : {20u, 24u, 30u, 40u, 60u, 80u})
    if (clock == known * 1'000'000) return clock;
  return 0;
}

unsigned rate(unsigned clock, unsigned brp, unsigned tseg1, unsigned tseg2) {
  return clock / (brp * (1 + tseg1 + tseg2));
}

}  // namespace

std::uint32_t bitrate_of(std::uint16_t btr) {
  const unsigned prescaler = (btr >> 8 & 0x3Fu) + 1;
  return rate(8'000'000, prescaler, (btr & 0xFu) + 1, (btr >> 4 & 7u) + 1);
}

std::optional<Rates> parse_rates(const std::string& text) {
  Fields fields;
  std::istringstream stream(without_blanks(text));
  for (std::string field; std::getline(stream, field, ',');)
    if (!add(fields, field)) return std::nullopt;
  const unsigned clock = clock_of(fields);
  if (clock == 0 || !complete(fields)) return std::nullopt;
  return Rates{rate(clock, fields["nom_brp"], fields["nom_tseg1"], fields["nom_tseg2"]),
               rate(clock, fields["data_brp"], fields["data_tseg1"], fields["data_tseg2"])};
}

}  // namespace can::stand_in::pcan
