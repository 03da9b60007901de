// SPDX-License-Identifier: MIT
#include "tests/support/stand_in.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <utility>

#include "cansuite/interfaces.h"
#include "libcan/platform/vendor_library.h"

namespace can {
namespace {

struct Kind {
  std::string_view interface, name;
  bool fd;
};

constexpr Kind kKinds[] = {{"kvaser", "canlib", true},  {"pcan", "pcanbasic", true},
                           {"usb2can", "canal", false}, {"neovi", "icsneo", true},
                           {"ixxat", "vcinpl", false},  {"nican", "nican", false}};

const Kind& kind_of(std::string_view interface) {
  return *std::ranges::find(kKinds, interface, &Kind::interface);
}

const char* vendors_own(std::string_view interface) {
  return std::getenv(library_variable(*find_driver(interface)->library).c_str());
}

std::string file_of(std::string_view interface, bool old) {
  if (const char* own = old ? nullptr : vendors_own(interface)) return own;
  return fmt::format(CANSUITE_STAND_INS "/lib{}{}_stand_in.so", kind_of(interface).name,
                     old ? "_old" : "");
}

}  // namespace

StandIn::StandIn(std::string_view interface, bool old)
    : interface_(interface),
      file_(file_of(interface, old)),
      vendors_(!old && vendors_own(interface)),
      library_(file_) {}

StandIn::~StandIn() {
  if (!at_end_.empty()) control(at_end_);
}

BusConfig StandIn::config(std::string channel, OptionValues options) const {
  BusConfig config;
  config.interface = interface_;
  config.channel = std::move(channel);
  if (kind_of(interface_).fd) config.fd = true;
  config.options = std::move(options);
  config.options.emplace("library", file_);
  return config;
}

bool StandIn::obeys() const {
  if (vendors_) WARN(interface_ << ": skipped, the vendor's own library takes no commands");
  return !vendors_;
}

void StandIn::control(const std::string& commands) const {
  using Control = int(const char*);
  const auto command = reinterpret_cast<Control*>(library_.find("stand_in_control"));
  if (!command || command(commands.c_str()) != 0) FAIL("the stand-in knows no: " << commands);
}

long long StandIn::query(const std::string& question) const {
  using Query = long long(const char*);
  return reinterpret_cast<Query*>(library_.find("stand_in_query"))(question.c_str());
}

}  // namespace can
