// SPDX-License-Identifier: MIT
#include "libcan/canb/columns.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace can::canb {
namespace {

/// Differences of times wrap, as their sums do in the decoder: any two times have one.
std::uint64_t step(const Message& from, const Message& to) {
  return static_cast<std::uint64_t>(to.timestamp.count()) -
         static_cast<std::uint64_t>(from.timestamp.count());
}
std::uint64_t size_of_step(std::uint64_t step) {
  return static_cast<std::int64_t>(step) < 0 ? 0 - step : step;
}

/// 0, -1, 1, -2, 2 ... as 0, 1, 2, 3, 4 ..., in this unit.
std::uint64_t zigzag(std::uint64_t step, std::uint32_t unit) {
  const bool back = static_cast<std::int64_t>(step) < 0;
  return size_of_step(step) / unit * 2 - (back ? 1 : 0);
}

/// The longest unit, in ns, that all time steps are multiples of.
std::uint32_t unit_of(std::span<const Message> messages) {
  std::uint32_t unit = kLongestUnit;
  for (std::size_t i = 1; i < messages.size() && unit > 1; ++i)
    if (const std::uint64_t size = size_of_step(step(messages[i - 1], messages[i])); size % unit)
      unit = static_cast<std::uint32_t>(std::gcd(size, std::uint64_t{unit}));
  return unit;
}

std::vector<std::uint64_t> steps_of(std::span<const Message> messages, std::uint32_t unit) {
  std::vector<std::uint64_t> steps(messages.size());
  for (std::size_t i = 1; i < messages.size(); ++i)
    steps[i] = zigzag(step(messages[i - 1], messages[i]), unit);
  return steps;
}

std::size_t bytes_of_largest(std::span<const std::uint64_t> numbers) {
  std::uint64_t all = 0;
  for (const std::uint64_t number : numbers) all |= number;
  return (static_cast<std::size_t>(std::bit_width(all)) + 7) / 8;
}

/// Writes `size` bytes of each number, the lowest bytes of all first. Returns the end.
template <class Numbers, class Value>
char* put_planes(char* at, const Numbers& numbers, std::size_t size, Value value) {
  for (std::size_t byte = 0; byte < size; ++byte)
    for (const auto& number : numbers) *at++ = static_cast<char>(value(number) >> (8 * byte));
  return at;
}

char* put_kinds(char* at, const std::vector<std::uint64_t>& kinds) {
  at = put_planes(at, kinds, 1, channel_of);
  at = put_planes(at, kinds, 1, flags_of);
  at = put_planes(at, kinds, 1, length_of_kind);
  at = put_planes(at, kinds, 1, raw_dlc_of);
  std::vector<std::uint32_t> ids(kinds.size());
  std::ranges::transform(kinds, ids.begin(), id_of);
  std::adjacent_difference(ids.begin(), ids.end(), ids.begin());
  return put_planes(at, ids, 4, std::identity());
}

/// The data of a kind: a row for each byte of the frame, a column for each message.
struct Table {
  char* at = nullptr;             // first byte of the next message
  std::size_t count = 0;          // messages
  const Message* last = nullptr;  // the message before
};

/// The tables of the kinds, one behind the other.
std::vector<Table> tables_at(char* at, const Kinds& kinds) {
  static constexpr Message kNone;
  std::vector<Table> tables(kinds.keys().size(), Table{.last = &kNone});
  for (const std::uint16_t number : kinds.numbers()) ++tables[number].count;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    tables[i].at = at;
    at += tables[i].count * payload_of(kinds.keys()[i]);
  }
  return tables;
}

void put_data(char* at, std::span<const Message> messages, const Kinds& kinds) {
  std::vector<Table> tables = tables_at(at, kinds);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Table& table = tables[kinds.numbers()[i]];
    char* to = table.at++;
    const Message& last = *std::exchange(table.last, &messages[i]);
    const std::span<const std::uint8_t> data = messages[i].payload();
    for (std::size_t byte = 0, step = table.count; byte < data.size(); ++byte, to += step)
      *to = static_cast<char>(data[byte] ^ last.data[byte]);
  }
}

std::size_t bytes_of_data(std::span<const Message> messages) {
  std::size_t bytes = 0;
  for (const Message& message : messages) bytes += message.payload().size();
  return bytes;
}

}  // namespace

std::string columns_of(std::span<const Message> messages, const Kinds& kinds, Head& head) {
  head.unit = unit_of(messages);
  const std::vector<std::uint64_t> steps = steps_of(messages, head.unit);
  head.step_size = bytes_of_largest(steps);
  head.kinds = kinds.keys().size();
  head.columns = head.kinds * kKindSize + messages.size() * (head.index_size() + head.step_size) +
                 bytes_of_data(messages);
  std::string columns(head.columns, '\0');
  char* at = put_kinds(columns.data(), kinds.keys());
  at = put_planes(at, kinds.numbers(), head.index_size(), std::identity());
  at = put_planes(at, steps, head.step_size, std::identity());
  put_data(at, messages, kinds);
  return columns;
}

}  // namespace can::canb
