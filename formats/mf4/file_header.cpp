// SPDX-License-Identifier: MIT
#include "formats/mf4/file_header.h"

#include "formats/mf4/data_blocks.h"
#include "libcan/model/ascii.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"

namespace can::mf4 {
namespace {

using std::chrono::nanoseconds;

// Offsets in the ID block.
constexpr std::size_t kVersionText = 8, kVersion = 28, kUnfinished = 60;
// Links of the HD block.
constexpr std::uint64_t kFirstGroup = 0, kFirstHistory = 1, kFirstEvent = 4, kComment = 5;

/// The texts of the tags may hold the five entities of XML.
std::string without_entities(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
  std::string out;
  while (!text.empty()) {
    std::size_t used = 1;
    char c = text[0];
    for (const auto& [entity, meaning] : kEntities)
      if (text.starts_with(entity)) {
        used = entity.size();
        c = meaning;
      }
    out += c;
    text.remove_prefix(used);
  }
  return out;
}

/// The text between `opening` and the next tag; "" where there is none.
std::string text_behind(std::string_view xml, std::string_view opening) {
  const std::size_t at = xml.find(opening);
  if (at == xml.npos) return {};
  const std::size_t begin = xml.find('>', at);
  if (begin == xml.npos || xml[begin - 1] == '/') return {};
  xml.remove_prefix(begin + 1);
  return without_entities(trim(xml.substr(0, xml.find('<')), " \t\r\n"));
}

std::string writer_of(const std::string& history, const std::string& header) {
  std::string writer;
  for (const char* part : {"tool_vendor", "tool_id", "tool_version"})
    if (const std::string text = element_of(history, part); !text.empty() && text != writer)
      writer.append(writer.empty() ? "" : " ").append(text);
  const std::string serial = property_of(header, "serial number");
  if (!serial.empty()) writer.append(writer.empty() ? "" : ", ").append("serial number " + serial);
  return escaped(writer);
}

/// Data section of the HD block:
///    0  u64  start, ns since the epoch
///    8  i16  minutes of the zone, i16 minutes of summer time: they don't change the start
///   12  u8   flags: 1 the start is a civil time of an unknown zone
std::int64_t start_of(Blocks& blocks, const Block& block, const TimeZone& zone) {
  constexpr std::uint8_t kLocal = 1;
  const auto start = blocks.number<std::int64_t>(block, 0);
  if ((blocks.number<std::uint8_t>(block, 12) & kLocal) == 0) return start;
  return from_civil(to_civil(nanoseconds(start), {.local = false}), zone).count();
}

}  // namespace

bool is_mdf(std::string_view head) {
  return head.starts_with("MDF     ") || head.starts_with("UnFinMF ");
}

std::string element_of(std::string_view xml, std::string_view name) {
  for (const char* end : {">", " "})
    if (std::string text = text_behind(xml, fmt::format("<{}{}", name, end)); !text.empty())
      return text;
  return {};
}

std::string property_of(std::string_view xml, std::string_view name) {
  return text_behind(xml, fmt::format("<e name=\"{}\"", name));
}

FileHeader read_file_header(Blocks& blocks, const TimeZone& zone) {
  char id[kIdBlock] = {};
  const std::size_t size = blocks.read(0, id);
  if (!is_mdf({id, size})) fail(Errc::corrupt, "{}: not an MDF log", blocks.name());
  if (size < sizeof id) blocks.damaged(size, "the file ends inside its first block");
  const auto version = get<std::uint16_t>(id + kVersion);
  if (version < 400 || version >= 500)
    fail(Errc::unsupported, "{}: is of MDF {}; only MDF 4 can be read", blocks.name(),
         escaped(trim(std::string_view(id + kVersionText, 8), std::string_view(" \0", 2))));
  const Block block = blocks.at(kIdBlock, "HD");
  FileHeader header{.start = start_of(blocks, block, zone),
                    .first_group = blocks.link(block, kFirstGroup),
                    .first_event = blocks.link(block, kFirstEvent)};
  if (id[0] == 'U') header.unfinished = get<std::uint16_t>(id + kUnfinished);
  const std::string comment = blocks.text(blocks.link(block, kComment));
  std::string history;
  if (const std::uint64_t link = blocks.link(block, kFirstHistory))
    history = blocks.text(blocks.link(blocks.at(link, "FH"), 1));
  header.writer = writer_of(history, comment);
  header.comment = comment.find('<') == comment.npos ? comment : element_of(comment, "TX");
  if (header.comment.empty()) header.comment = property_of(comment, "comment");
  return header;
}

}  // namespace can::mf4
