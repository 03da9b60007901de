// SPDX-License-Identifier: MIT
#include "tests/support/slcan_adapter.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace {

const std::string kOk = "\r", kBell = "\a";

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789ABCDEFabcdef") == text.npos;
}

unsigned long hex(std::string_view text) {
  return std::strtoul(std::string(text).c_str(), nullptr, 16);
}

bool is_extended(char letter) {
  return letter == 'T' || letter == 'R' || letter == 'D' || letter == 'B';
}

/// A whole frame: the letter, the id, the length and as many data as that says.
bool is_frame(std::string_view line, bool fd) {
  constexpr unsigned kLengths[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64};
  const std::string_view letters = fd ? "tTrRdDbB" : "tTrR";
  if (line.empty() || letters.find(line[0]) == letters.npos || !is_hex(line.substr(1)))
    return false;
  const std::size_t header = is_extended(line[0]) ? 9 : 4;
  if (line.size() <= header) return false;
  const unsigned long code = hex(line.substr(header, 1));
  const bool is_fd = std::string_view("dDbB").find(line[0]) != std::string_view::npos;
  const bool remote = line[0] == 'r' || line[0] == 'R';
  if (code > 8 && !is_fd) return false;
  return line.size() == header + 1 + (remote ? 0 : 2 * kLengths[code]);
}

}  // namespace

Adapter::Reaction SlcanAdapter::receive(std::string_view bytes) {
  Reaction reaction;
  for (const char c : bytes) {
    if (c != '\r') {
      if (c != '\n') line_ += c;
      continue;
    }
    obey(line_, reaction);
    line_.clear();
  }
  return reaction;
}

void SlcanAdapter::obey(std::string_view line, Reaction& reaction) {
  if (has("noise")) {
    reaction.to_host += "\xff\x80\x01#\xfe\r\x90\xf7\r";
    return;
  }
  if (has("endless")) {
    reaction.to_host += std::string(1000, 'x');
    return;
  }
  if (has("half")) {
    if (line == "V") reaction.to_host += "V10";
    return;
  }
  if (has("silent")) return;
  if (has("refuses")) {
    reaction.to_host += kBell;
    return;
  }
  const std::string text = answer(line, reaction);
  if (has("canable") && line != "V") return;
  reaction.to_host += text;
  if (has("twice")) reaction.to_host += text;
}

std::string SlcanAdapter::answer(std::string_view line, Reaction& reaction) {
  if (line.empty()) return kOk;
  if (line == "V" && has("canable")) return "CANable2 b158aa7 github.com/normaldotcom\r";
  if (line == "V") return "V1013\r";
  if (line == "v") return "v0107\r";
  if (line == "N") return "NA123\r";
  if (line == "F") {
    const std::string text = fmt::format("F{:02X}\r", flags_);
    flags_ &= 0x24;  // the others are told once
    return open_ ? text : kBell;
  }
  if (line == "O") return open(false);
  if (line == "L") return has("plain") ? kBell : open(true);
  if (line == "C") {
    const bool was_open = open_;
    open_ = false;
    return was_open || has("plain") ? kOk : kBell;
  }
  if (std::string_view("tTrRdDbB").find(line[0]) != std::string_view::npos)
    return transmit(line, reaction);
  return set_up(line);
}

std::string SlcanAdapter::set_up(std::string_view line) {
  const std::string_view value = line.substr(1);
  if (has("canable") && (line == "M0" || line == "M1")) {
    listening_ = line == "M1";
    return kOk;
  }
  if (open_ || !is_hex(value)) return kBell;
  switch (line[0]) {
    case 'S':
    case 's':
      has_rate_ = value.size() == (line[0] == 'S' ? 1 : 4) && hex(value.substr(0, 1)) <= 8;
      return has_rate_ && !has("no_rate") ? kOk : kBell;
    case 'Y':
      return has("fd") || has("canable") ? kOk : kBell;
    case 'Z':
      timestamps_ = value == "1";
      return kOk;
    case 'M':
      code_ = static_cast<std::uint32_t>(hex(value));
      return value.size() == 8 ? kOk : kBell;
    case 'm':
      mask_ = static_cast<std::uint32_t>(hex(value));
      return value.size() == 8 ? kOk : kBell;
    case 'U':
    case 'X':
    case 'Q':
    case 'W':
      return value.size() == 1 ? kOk : kBell;
    default:
      return kBell;
  }
}

std::string SlcanAdapter::open(bool listen) {
  if (open_ || has("no_open") || (has("strict") && !has_rate_)) return kBell;
  open_ = true;
  if (!has("canable")) listening_ = listen;
  return kOk;
}

std::string SlcanAdapter::transmit(std::string_view line, Reaction& reaction) {
  const bool good = open_ && !listening_ && is_frame(line, has("fd") || has("canable"));
  if (!good || has("no_tx")) return kBell;
  reaction.to_bus.emplace_back(line);
  if (has("mute_tx")) return {};
  if (has("plain")) return kOk;
  return is_extended(line[0]) ? "Z\r" : "z\r";
}

std::string SlcanAdapter::deliver(const std::string& packet) {
  if (!open_ || !accepts(packet)) return {};
  if (!timestamps_) return packet + '\r';
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count() % 60'000;
  return packet + fmt::format("{:04X}\r", ms);
}

/// The SJA1000's two filters, without the first data byte, which the first one has, too.
bool SlcanAdapter::accepts(std::string_view packet) const {
  const bool extended = is_extended(packet[0]);
  const bool remote = packet[0] == 'r' || packet[0] == 'R';
  const unsigned long id = hex(packet.substr(1, extended ? 8 : 3));
  const unsigned long value = extended ? id >> 13 : id << 5 | (remote ? 0x10 : 0);
  const unsigned long compared = extended ? 0xFFFF : 0xFFF0;
  const auto half_accepts = [&](unsigned shift) {
    return ((value ^ (code_ >> shift)) & ~(mask_ >> shift) & compared) == 0;
  };
  return half_accepts(16) || half_accepts(0);
}

bool SlcanAdapter::control(std::string_view command) {
  if (!command.starts_with("flags ")) return false;
  flags_ = static_cast<unsigned>(hex(command.substr(6)));
  return true;
}
