// SPDX-License-Identifier: MIT
// The two ways to decode a data frame of an MDF 4 log have the same result, whatever the layout.
#include <catch2/catch.hpp>
#include <random>

#include "formats/mf4/file_header.h"
#include "formats/mf4/frame_heads.h"
#include "formats/mf4/groups.h"
#include "tests/mf4_builder.h"

using namespace can;
using mf4_builder::ChannelBlock;
using mf4_builder::Log;

namespace {

constexpr std::uint32_t kRecord = 96;  // bytes, with invalidation bits
constexpr std::uint32_t kInvalid = 2;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(engine_() % end); }
  bool one_of(std::uint32_t count) { return below(count) == 0; }

 private:
  std::mt19937 engine_;
};

/// A field of bits somewhere in the first bytes, or behind the data bytes.
ChannelBlock field_of(Dice& dice, std::string_view name) {
  const std::uint32_t behind = dice.one_of(6) ? 80 : 0;
  ChannelBlock field{.name = name, .byte = behind + dice.below(6), .bits = 1 + dice.below(16)};
  field.bit = static_cast<std::uint8_t>(dice.below(8));
  if (dice.one_of(3)) field.type = static_cast<std::uint8_t>(dice.below(4));  // signed, big-endian
  if (dice.one_of(8)) field.flags = 2, field.invalidation_bit = dice.below(8 * kInvalid);
  if (dice.one_of(30)) field.kind = 6;  // virtual: the number of the record
  return field;
}

/// The bytes of a log with one group of a made-up layout.
std::string log_of(Dice& dice) {
  Log log;
  std::vector<ChannelBlock> channels = {
      {.name = "CAN_DataFrame.ID", .byte = dice.below(12), .bits = 29 + 3 * dice.below(2)},
      {.name = "CAN_DataFrame.DataBytes", .byte = 16, .bits = 8 * dice.below(65), .type = 10}};
  if (dice.one_of(8) || channels[1].bits == 0) channels.pop_back();
  const std::uint64_t doubled = log.conversion(1, {0, 2});
  for (const char* name : {"CAN_DataFrame.BusChannel", "CAN_DataFrame.IDE", "CAN_DataFrame.DLC",
                           "CAN_DataFrame.DataLength", "CAN_DataFrame.Dir", "CAN_DataFrame.EDL",
                           "CAN_DataFrame.BRS", "CAN_DataFrame.ESI"}) {
    if (dice.one_of(4)) continue;
    channels.push_back(field_of(dice, name));
    if (dice.one_of(8)) channels.back().conversion = doubled;
  }
  const std::uint64_t group = log.group(
      0, log.channels(channels), {.count = 1, .bytes = kRecord - kInvalid, .invalid = kInvalid});
  log.data_group(0, group, log.image.add("DT", {}, std::string(kRecord, '\0')));
  return log.bytes();
}

/// Few values, so that heads come again, and some that don't.
std::string record_of(Dice& dice) {
  std::string bytes(kRecord + 8, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(dice.one_of(20) ? dice.below(256) : dice.one_of(4) ? 8 : 0);
  return bytes;
}

std::span<const char> payload_of(const mf4::FrameFields& fields, const std::string& record) {
  return {record.data() + fields.payload.byte(), fields.payload.bytes()};
}

/// Compares many records of a layout; returns false where it has but one way.
bool both_ways_are_equal(Dice& dice) {
  mf4::Blocks blocks(random_access(memory_source(log_of(dice))), "log");
  std::vector<std::string> problems;
  const auto groups =
      mf4::read_groups(blocks, mf4::read_file_header(blocks, {}).first_group, problems);
  REQUIRE(problems.empty());
  const mf4::FrameFields& fields = *groups.at(0).groups.at(0).frames;
  const auto heads = mf4::FrameHeads::of(fields);
  NumberedChannels channels;
  for (int i = 0; heads && i < 300; ++i) {
    const std::string record = record_of(dice);
    Message wanted, got;
    mf4::decode(fields, record.data(), 0, payload_of(fields, record), channels, wanted);
    heads->decode(record.data(), channels, got);
    REQUIRE(got == wanted);
    REQUIRE(why_invalid(got) == nullptr);
  }
  return heads != nullptr;
}

}  // namespace

TEST_CASE("mf4: heads that are kept make the same frames as fields one by one", "[mf4]") {
  int kept = 0;
  constexpr int kLayouts = 400;
  for (unsigned seed = 0; seed < kLayouts; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    if (both_ways_are_equal(dice)) ++kept;
  }
  CHECK(kept > kLayouts / 4);
  CHECK(kept < kLayouts);
}

TEST_CASE("mf4: data bytes that may be invalid, or outside of the record, have one way only",
          "[mf4]") {
  const auto has_heads = [](mf4::FrameFields fields) {
    return mf4::FrameHeads::of(fields) != nullptr;
  };
  Dice dice(1);
  mf4::Blocks blocks(random_access(memory_source(log_of(dice))), "log");
  std::vector<std::string> problems;
  const auto groups =
      mf4::read_groups(blocks, mf4::read_file_header(blocks, {}).first_group, problems);
  mf4::FrameFields fields = *groups.at(0).groups.at(0).frames;
  fields.channel = fields.extended = fields.dlc = fields.length = fields.direction = {};
  fields.fd = fields.brs = fields.esi = {};
  REQUIRE(has_heads(fields));
  fields.place = mf4::PayloadPlace::values;
  CHECK_FALSE(has_heads(fields));
  fields.place = mf4::PayloadPlace::none;
  CHECK(has_heads(fields));
  fields.kind = mf4::FrameKind::error;
  CHECK_FALSE(has_heads(fields));
}
