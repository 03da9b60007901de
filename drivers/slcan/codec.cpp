// SPDX-License-Identifier: MIT
#include "drivers/slcan/codec.h"

#include <algorithm>

#include "cansuite/error_frame.h"
#include "libcan/model/hex.h"

namespace can::slcan {
namespace {

/// What the first letter of a frame says.
struct Kind {
  char letter;
  bool extended, remote, fd, brs;
};

constexpr Kind kKinds[] = {
    {'t', false, false, false, false}, {'T', true, false, false, false},
    {'r', false, true, false, false},  {'R', true, true, false, false},
    {'d', false, false, true, false},  {'D', true, false, true, false},
    {'b', false, false, true, true},   {'B', true, false, true, true},
    {'x', true, false, false, false},
};

const Kind* kind_of(char letter) {
  const auto found = std::ranges::find(kKinds, letter, &Kind::letter);
  return found == std::end(kKinds) ? nullptr : found;
}

const Kind& kind_of(const Message& m) {
  return *std::ranges::find_if(kKinds, [&m](const Kind& kind) {
    return kind.extended == m.extended && kind.remote == m.remote && kind.fd == m.fd &&
           kind.brs == m.brs;
  });
}

template <int kDigits>
bool read_number(std::string_view& text, std::uint32_t& value) {
  if (text.size() < kDigits) return false;
  const std::int64_t number = get_hex_number<kDigits>(text.data());
  value = static_cast<std::uint32_t>(number);
  text.remove_prefix(kDigits);
  return number >= 0;
}

/// Decimal digits at the front of `text`; none where one isn't.
std::optional<unsigned> decimal(std::string_view text) {
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

constexpr std::size_t kTimeDigits = 4;

/// The adapter's time, or nothing.
bool read_time(std::string_view text, std::optional<std::uint16_t>& milliseconds) {
  milliseconds.reset();
  if (text.empty()) return true;
  std::uint32_t value = 0;
  if (text.size() != kTimeDigits || !read_number<4>(text, value)) return false;
  milliseconds = static_cast<std::uint16_t>(value);
  return true;
}

}  // namespace

std::optional<Line> next_line(std::span<const std::uint8_t> bytes) {
  const auto end = std::ranges::find_if(
      bytes, [](std::uint8_t byte) { return byte == kEnd || byte == kRefusal; });
  if (end == bytes.end()) return std::nullopt;
  const auto size = static_cast<std::size_t>(end - bytes.begin());
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), size);
  while (text.starts_with('\n')) text.remove_prefix(1);
  return Line{.text = text, .refusal = *end == kRefusal, .size = size + 1};
}

bool decode_frame(std::string_view line, Message& m, std::optional<std::uint16_t>& milliseconds) {
  const Kind* kind = line.empty() ? nullptr : kind_of(line[0]);
  if (kind == nullptr) return false;
  line.remove_prefix(1);
  m.reset();
  m.extended = kind->extended;
  m.remote = kind->remote;
  m.fd = kind->fd;
  m.brs = kind->brs;
  if (!(m.extended ? read_number<8>(line, m.id) : read_number<3>(line, m.id))) return false;
  if (m.id > (m.extended ? kExtendedIdMask : kStandardIdMask)) return false;
  std::uint32_t dlc = 0;
  if (!read_number<1>(line, dlc) || (!m.fd && dlc > 8)) return false;
  m.length = length_of(static_cast<std::uint8_t>(dlc));
  // Of a remote frame, 4 digits are a time: without one they matter to nobody.
  const bool has_data = !m.remote || (line.size() != 0 && line.size() != kTimeDigits);
  const std::size_t bytes = has_data ? m.length : 0;
  if (!get_hex(line, std::span(m.data).first(bytes))) return false;
  return read_time(line.substr(2 * bytes), milliseconds);
}

char* encode_frame(const Message& m, char* at) {
  *at++ = kind_of(m).letter;
  at = put_hex_number<HexCase::upper>(at, m.id, m.extended ? 8 : 3);
  at = put_hex_number<HexCase::upper>(at, dlc_of(m.length), 1);
  at = put_hex<HexCase::upper>(at, m.payload());
  *at++ = kEnd;
  return at;
}

std::optional<std::uint8_t> decode_status(std::string_view line) {
  std::uint32_t flags = 0;
  if (!line.starts_with('F') || line.size() != 3) return std::nullopt;
  line.remove_prefix(1);
  if (!read_number<2>(line, flags)) return std::nullopt;
  return static_cast<std::uint8_t>(flags);
}

std::optional<std::string_view> bitrate_command(std::uint32_t bitrate, std::uint32_t s7) {
  struct Code {
    std::uint32_t bitrate;
    std::string_view command;
  };
  constexpr Code kCodes[] = {{10'000, "S0"},  {20'000, "S1"},  {50'000, "S2"},  {100'000, "S3"},
                             {125'000, "S4"}, {250'000, "S5"}, {500'000, "S6"}, {1'000'000, "S8"},
                             {83'300, "S9"},  {83'333, "S9"}};
  if (bitrate == s7) return "S7";
  const auto found = std::ranges::find(kCodes, bitrate, &Code::bitrate);
  if (found == std::end(kCodes)) return std::nullopt;
  return found->command;
}

namespace {

// Bits of a half of the registers, that is of one filter, for a standard id and for the upper part
// of an extended one. Source: NXP's data sheet of the SJA1000, 6.4.15.2 "dual filter".
constexpr unsigned kStandardShift = 5;   // below it: RTR and the first data byte
constexpr unsigned kExtendedShift = 13;  // the id's lower 13 bits are not compared

struct Half {
  std::uint16_t code = 0, mask = 0xFFFF;
};

/// None where only both halves open would let all through that the filter does.
std::optional<Half> half_of(const Filter& filter) {
  if (filter.inverted || !filter.extended) return std::nullopt;
  const std::uint32_t id = filter.id, compared = filter.mask & kExtendedIdMask;
  if (*filter.extended)
    return Half{static_cast<std::uint16_t>(id >> kExtendedShift),
                static_cast<std::uint16_t>(~(compared >> kExtendedShift))};
  return Half{static_cast<std::uint16_t>(id << kStandardShift),
              static_cast<std::uint16_t>(~(compared << kStandardShift))};
}

}  // namespace

Acceptance acceptance_of(std::span<const Filter> filters) {
  std::array<Half, 2> halves;
  if (filters.empty() || filters.size() > halves.size()) return {};
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const auto half = half_of(filters[i]);
    if (!half) return {};
    halves[i] = *half;
  }
  if (filters.size() == 1) halves[1] = halves[0];
  const auto join = [](std::uint16_t first, std::uint16_t second) {
    return std::uint32_t{first} << 16 | second;
  };
  const std::uint32_t mask = join(halves[0].mask, halves[1].mask);
  return {.code = join(halves[0].code, halves[1].code) & ~mask, .mask = mask};
}

// Errors ---------------------------------------------------------------------------------------

namespace {

using namespace error_bits;

Message empty_error() { return {.length = 8, .error = true}; }

void add(Message& m, std::uint32_t classes, std::size_t byte, std::uint8_t bits) {
  m.id |= classes;
  m.data[byte] = static_cast<std::uint8_t>(m.data[byte] | bits);
}

/// A letter behind 'e'.
bool add_error(Message& m, char letter) {
  switch (letter) {
    case 'a':
      add(m, kNoAck, kProtocolPlace, kAckSlot);
      return true;
    case 'b':
      add(m, 0, kProtocolKind, kDominant);
      return true;
    case 'B':
      add(m, 0, kProtocolKind, kRecessive);
      return true;
    case 'c':
      add(m, 0, kProtocolPlace, kCrcSequence);
      return true;
    case 'f':
      add(m, 0, kProtocolKind, kForm);
      return true;
    case 's':
      add(m, 0, kProtocolKind, kStuff);
      return true;
    case 'o':
      add(m, kController, kControllerBits, kRxOverflow);
      return true;
    case 'O':
      add(m, kController, kControllerBits, kTxOverflow);
      return true;
    default:
      return false;
  }
}

std::optional<Message> decode_state(std::string_view line) {
  const auto rx = decimal(line.substr(2, 3)), tx = decimal(line.substr(5));
  if (!rx || !tx) return std::nullopt;
  Message m = empty_error();
  // It is the side with more errors that has the state.
  const auto add_side = [&](int receiving, int sending) {
    const int bits = (*rx >= *tx ? receiving : 0) | (*tx >= *rx ? sending : 0);
    add(m, kController, kControllerBits, static_cast<std::uint8_t>(bits));
  };
  switch (line[1]) {
    case 'a':
      add(m, kController, kControllerBits, kActive);
      break;
    case 'w':
      add_side(kRxWarning, kTxWarning);
      break;
    case 'p':
      add_side(kRxPassive, kTxPassive);
      break;
    case 'b':
      m.id = kBusOff;
      return m;  // its counters mean nothing
    default:
      return std::nullopt;
  }
  m.id |= kCounters;
  m.data[kTxErrors] = static_cast<std::uint8_t>(std::min(*tx, 255u));
  m.data[kRxErrors] = static_cast<std::uint8_t>(std::min(*rx, 255u));
  return m;
}

}  // namespace

std::optional<Message> error_frame(std::uint8_t before, std::uint8_t now) {
  Message m = empty_error();
  const std::uint8_t limits = kErrorWarning | kErrorPassive;
  if (now & (kReceiveFull | kDataOverrun)) add(m, kController, kControllerBits, kRxOverflow);
  if (now & kTransmitFull) add(m, kController, kControllerBits, kTxOverflow);
  if ((now & kErrorWarning) && !(before & kErrorWarning))
    add(m, kController, kControllerBits, kRxWarning | kTxWarning);
  if ((now & kErrorPassive) && !(before & kErrorPassive))
    add(m, kController, kControllerBits, kRxPassive | kTxPassive);
  if ((before & limits) && !(now & limits)) add(m, kController, kControllerBits, kActive);
  if (now & kArbitrationLost) m.id |= kLostArbitration;
  if (now & kBusError) m.id |= error_bits::kBusError;
  if (m.id == 0) return std::nullopt;
  return m;
}

std::optional<Message> decode_error(std::string_view line) {
  if (line.starts_with('s') && line.size() == 8) return decode_state(line);
  if (!line.starts_with('e') || line.size() < 3) return std::nullopt;
  const auto count = decimal(line.substr(1, 1));
  if (!count || *count != line.size() - 2) return std::nullopt;
  Message m = empty_error();
  m.id = kProtocol | error_bits::kBusError;
  for (const char letter : line.substr(2))
    if (!add_error(m, letter)) return std::nullopt;
  return m;
}

}  // namespace can::slcan
