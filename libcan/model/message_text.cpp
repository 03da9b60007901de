// SPDX-License-Identifier: MIT
// The format "printer" writes the same line fast; a test holds the two together.
#include "cansuite/message_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "libcan/model/ascii.h"

namespace can {
namespace {

/// With six decimals, rounded down: "1551774790.942758".
std::string seconds_text(std::chrono::nanoseconds time) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time).count();
  const auto whole = static_cast<std::uint64_t>(micros < 0 ? -micros : micros);
  return fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", whole / 1'000'000, whole % 1'000'000);
}

std::string data_text(std::span<const std::uint8_t> data) {
  std::string hex = fmt::format("{:02x}", fmt::join(data, " "));
  const std::string text(data.begin(), data.end());
  const auto plain = [](char c) { return is_digit(c) || is_letter(c); };
  if (!std::ranges::all_of(text, plain)) return hex;
  return fmt::format("{:24}    '{}'", hex, text);
}

}  // namespace

std::string to_string(const Message& m) {
  const std::string id = fmt::format("{:0{}x}", m.id, m.extended ? 8 : 4);
  std::string text = fmt::format("Timestamp: {:>15}    {:>{}}    {:d}{:d}{:d}{}{}{}    DLC: {}",
                                 seconds_text(m.timestamp), "ID: " + id, 12, bool{m.remote},
                                 bool{m.extended}, bool{m.error}, m.fd ? " FD" : "",
                                 m.brs ? " BRS" : "", m.esi ? " ESI" : "", m.length);
  if (!m.payload().empty()) text += "    " + data_text(m.payload());
  return text;
}

std::ostream& operator<<(std::ostream& out, const Message& message) {
  return out << to_string(message);
}

}  // namespace can
