// SPDX-License-Identifier: MIT
// Adapters whose packets are the same in both directions: what one host sends, the others get.
#include <sstream>

#include "tests/support/adapter.h"
#include "tests/support/slcan_adapter.h"

namespace {

/// A line to other hosts: any bytes.
class SerialAdapter final : public Adapter {
 public:
  Reaction receive(std::string_view bytes) override { return {"", {std::string(bytes)}}; }
};

/// Packets "AA AA .. 55 55", with A5 before each AA, 55 and A5 inside; those for the channel FF are
/// settings, and come back.
class RobotellAdapter final : public Adapter {
 public:
  Reaction receive(std::string_view bytes) override {
    Reaction reaction;
    for (const char c : bytes) add(c, reaction);
    return reaction;
  }

 private:
  void add(char c, Reaction& reaction) {
    raw_ += c;
    if (raw_.size() <= 2) {
      if (c != '\xAA') raw_.clear();
      return;
    }
    if (!escaped_ && c == '\xA5') {
      escaped_ = true;
      return;
    }
    const bool ends = !escaped_ && c == '\x55';
    escaped_ = false;
    if (!ends) {
      body_ += c;
      return;
    }
    if (++stops_ < 2) return;
    if (body_.size() == 17) use(reaction);
    raw_.clear();
    body_.clear();
    stops_ = 0;
  }

  void use(Reaction& reaction) {
    const bool is_setting = body_[13] == '\xFF', is_question = body_[15] == '\1';
    if (!is_setting)
      reaction.to_bus.push_back(raw_);
    else
      reaction.to_host += is_question ? number(body_[0] == '\xF1' ? "56789   " : "ROB01234") : raw_;
  }

  /// A part of the serial number, "AA AA F0 FF FF 01 .. 55 55".
  std::string number(std::string_view part) const {
    std::string body = body_.substr(0, 4) + std::string(part) + std::string("\x08\xFF\x01\x00", 4);
    unsigned sum = 0;
    for (const char c : body) sum += static_cast<unsigned char>(c);
    body += static_cast<char>(sum);
    std::string raw = "\xAA\xAA";
    for (const char c : body) {
      if (c == '\xAA' || c == '\x55' || c == '\xA5') raw += '\xA5';
      raw += c;
    }
    return raw + "\x55\x55";
  }

  std::string raw_, body_;
  int stops_ = 0;
  bool escaped_ = false;
};

/// Packets "AA C0+n id data 55", and commands of 20 bytes, "AA 55 ..", of which the status is
/// answered.
class SeeedAdapter final : public Adapter {
 public:
  Reaction receive(std::string_view bytes) override {
    Reaction reaction;
    for (const char c : bytes) {
      raw_ += c;
      if (raw_[0] != '\xAA') raw_.clear();
      if (raw_.size() < 2 || raw_.size() < size()) continue;
      if (raw_[1] != '\x55')
        reaction.to_bus.push_back(raw_);
      else if (raw_[2] == '\x04')
        reaction.to_host += raw_;
      raw_.clear();
    }
    return reaction;
  }

 private:
  std::size_t size() const {
    const auto type = static_cast<unsigned char>(raw_[1]);
    if (type == 0x55) return 20;
    const bool remote = (type & 0x10) != 0;
    return 2u + ((type & 0x20) != 0 ? 4 : 2) + (remote ? 0 : type & 0x0F) + 1u;
  }

  std::string raw_;
};

std::set<std::string, std::less<>> split(std::string_view text) {
  std::set<std::string, std::less<>> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; std::getline(stream, word, ',');) words.insert(word);
  return words;
}

}  // namespace

std::unique_ptr<Adapter> make_adapter(std::string_view kind) {
  const std::size_t colon = kind.find(':');
  const std::string_view name = kind.substr(0, colon);
  const std::string_view traits = colon == kind.npos ? "" : kind.substr(colon + 1);
  if (name == "slcan") return std::make_unique<SlcanAdapter>(split(traits));
  if (name == "serial") return std::make_unique<SerialAdapter>();
  if (name == "robotell") return std::make_unique<RobotellAdapter>();
  if (name == "seeed") return std::make_unique<SeeedAdapter>();
  return nullptr;
}
