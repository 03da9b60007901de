// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "tests/support/adapter.h"

/// An adapter as the manuals of LAWICEL's CAN232 and CANUSB describe it. Its traits, what others do
/// differently and what goes wrong:
///
///   plain         a message is answered with CR alone, L is unknown (slcanpty of can-utils)
///   canable       only V is answered, with a text; CAN FD; M0 and M1 are modes (CANable 2)
///   fd            CAN FD
///   strict        O needs a bit rate before it
///   silent        answers nothing
///   refuses       answers BELL to everything
///   no_rate       refuses every bit rate
///   no_open       refuses O and L
///   no_tx         refuses every message
///   mute_tx       answers no message
///   noise         sends bytes that mean nothing, and answers nothing
///   endless       sends a line without an end, and answers nothing
///   half          answers V with half a line, and nothing else
///   twice         answers everything twice
class SlcanAdapter final : public Adapter {
 public:
  explicit SlcanAdapter(std::set<std::string, std::less<>> traits) : traits_(std::move(traits)) {}

  Reaction receive(std::string_view bytes) override;
  std::string deliver(const std::string& packet) override;
  bool control(std::string_view command) override;

 private:
  bool has(std::string_view trait) const { return traits_.contains(trait); }
  void obey(std::string_view line, Reaction& reaction);
  std::string answer(std::string_view line, Reaction& reaction);
  std::string set_up(std::string_view line);
  std::string open(bool listen);
  std::string transmit(std::string_view line, Reaction& reaction);
  bool accepts(std::string_view packet) const;

  const std::set<std::string, std::less<>> traits_;
  std::string line_;
  bool open_ = false, listening_ = false, timestamps_ = false, has_rate_ = false;
  std::uint32_t code_ = 0, mask_ = 0xFFFFFFFF;
  unsigned flags_ = 0;
};
