// SPDX-License-Identifier: MIT
#include "drivers/nican/library.h"

#include <array>

#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"

namespace can::nican {
namespace {

constexpr const char* kNames[] = {"nican.dll"};

constexpr CodeWords kWords[] = {
    {0x001, "NI-CAN took too long"},
    {0x003, "NI-CAN knows no such channel; is it CAN0, CAN1, ...?"},
    {0x004, "NI-CAN refuses a parameter"},
    {0x005, "NI-CAN refuses a setting"},
    {0x006, "another program has opened the channel already"},
    {0x008, "the transmit queue is full"},
    {0x00B, "communication on the bus failed; is another node there, and the bit rate right?"},
    {0x023, "there is no such channel; is the card there?"},
    {0x024, "the handle is invalid; the device may be gone"},
    {0x028, "the card lost messages"},
    {0x02B, "there was a bit stuffing error"},
    {0x048, "the controller lost messages"},
    {0x04B, "there was a format error"},
    {0x068, "the receive queue lost messages"},
    {0x06B, "nobody acknowledged the message; is another node there, and the bit rate right?"},
    {0x08B, "there was a bit error (recessive)"},
    {0x0A1, "the card is too busy"},
    {0x0AB, "there was a bit error (dominant)"},
    {0x0CB, "there was a checksum error"},
    {0x122, "the channel is listen-only"},
    {0x124, "the bit rate isn't valid"},
};

}  // namespace

constinit const VendorLibraryInfo kLibraryInfo = {
    .interface = "nican",
    .title = "NI-CAN",
    .names = kNames,
    .advice =
        "there is NI-CAN for Windows only; on Linux use -i socketcan with another adapter: "
        "NI's cards have no driver there",
    .other_system = true};

Library::Library(std::string_view given) : Functions(), file(kLibraryInfo, given) {
  file.require("ncConfig", configure);
  file.require("ncOpenObject", open);
  file.require("ncCloseObject", close);
  file.require("ncAction", act);
  file.require("ncRead", read);
  file.require("ncWrite", write);
  file.require("ncWaitForState", wait);
  file.find("ncGetAttribute", get_attribute);
  file.find("ncStatusToString", status_text);
}

std::string Library::words_of(Status status, std::string_view function) const {
  const auto code = static_cast<std::uint32_t>(status);
  const bool known = (code & ~0xFFFu) == kErrorBase || (code & ~0xFFFu) == kWarningBase;
  const std::string_view words = known ? find_words(kWords, code & 0xFFF) : std::string_view();
  if (!words.empty()) return fmt::format("{} ({}, code {:X}h)", words, function, code);
  std::array<char, 512> text{};
  if (status_text) status_text(status, text.size() - 1, text.data());
  const std::string vendors = escaped(text.data());
  return fmt::format("{} ({}, code {:X}h)",
                     vendors.empty() ? "NI-CAN failed; the device may be gone" : vendors, function,
                     code);
}

void Library::check(Status status, std::string_view what, std::string_view function) const {
  if (status < 0) fail(Errc::io, "can't {}: {}", what, words_of(status, function));
}

}  // namespace can::nican
