// SPDX-License-Identifier: MIT
#include "apps/viewer/screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "cansuite/error_frame.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/quantity.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr int kHeads = 2, kFoot = 1;  // lines above and below the rows
constexpr std::string_view kKeys =
    "q quit  space pause  s send  / filter  o order  # notch  * all  b binary  c clear";
constexpr std::string_view kOrders[] = {"by id", "latest first", "most first"};

/// Printable ASCII of at most `width` columns, '?' for other characters of UTF-8; what was cut off
/// ends with '~'.
std::string cut(std::string_view text, std::size_t width) {
  std::string out;
  constexpr unsigned kFirstTwo = 0xC0, kContinued = 0x80;  // bits of a byte
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & kFirstTwo) != kContinued)
      out += c >= ' ' && c <= '~' ? c : '?';
  if (out.size() > width) out = width > 0 ? out.substr(0, width - 1) + "~" : "";
  return out;
}

/// The end of a name tells channels apart: "~163.31", "~USBBUS1".
std::string end_of(std::string_view name, std::size_t width) {
  return name.size() <= width ? std::string(name)
                              : fmt::format("~{}", name.substr(name.size() - width + 1));
}

std::string padded(std::string_view text, std::size_t width) {
  return fmt::format("{:<{}}", cut(text, width), width);
}

/// Of five significant digits: "10.0 ms"; "" for 0.
std::string time_text(nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (time == 0ns) return "";
  if (seconds < 0.001) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
  return seconds < 1000 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

/// 12345678 as "12,345,678", larger numbers as "123.4M".
std::string count_text(std::uint64_t count) {
  if (count < 10'000'000) return grouped(count);
  const double millions = static_cast<double>(count) / 1e6;
  return millions < 100'000 ? fmt::format("{:.1f}M", millions) : fmt::format("{:.0f}M", millions);
}

/// The columns left of the data.
class Columns {
 public:
  Columns(const Table& table, const Look& look, Size size)
      : channel_(table.several_channels()),
        binary_(look.binary),
        width_(static_cast<std::size_t>(std::max(size.columns, 0))) {
    const std::size_t cell = binary_ ? 9 : 3, left = front(),
                      room = width_ > left ? width_ - left : 0;
    ascii_ = look.ascii && !binary_ && room >= 8 * cell + 9;
    per_line_ =
        std::clamp<std::size_t>((ascii_ ? room - 1 : room) / (ascii_ ? cell + 1 : cell), 1, 64);
    if (per_line_ > 8) per_line_ -= per_line_ % 8;
  }

  std::string heads() const {
    return (channel_ ? padded("CHANNEL", 8) : "") +
           fmt::format("{:<8} {:>10} {:>8} {:>8} {:>2}  {}", "ID", "COUNT", "PERIOD", "JITTER", "L",
                       "DATA");
  }
  std::string front_of(const Table::Row& row) const {
    const Message& last = row.seen.last;
    char id[16];
    const std::string_view id_text(id, static_cast<std::size_t>(put_frame_id(id, last) - id));
    return (channel_ ? padded(end_of(last.channel.name(), 7), 7) + " " : "") +
           fmt::format("{:<8} {:>10} {:>8} {:>8} {:>2}  ", id_text, count_text(row.seen.count),
                       time_text(row.seen.period),
                       row.seen.period == 0ns ? "" : time_text(row.seen.jitter), last.length);
  }
  std::size_t front() const { return (channel_ ? 8 : 0) + 8 + 11 + 9 + 9 + 3 + 2; }
  std::size_t per_line() const { return per_line_; }
  std::size_t width() const { return width_; }
  bool ascii() const { return ascii_; }
  bool binary() const { return binary_; }

 private:
  bool channel_, binary_, ascii_ = false;
  std::size_t width_, per_line_ = 8;
};

Style style_of(std::uint8_t heat) {
  return heat > Table::kWarm ? Style::hot : heat > 0 ? Style::warm : Style::plain;
}

/// A bit is as hot as its byte if it was among those that changed.
void add_bits(const Table::Row& row, std::size_t at, Style quiet, Line& line) {
  const Style hot = row.heat[at] > 0 ? style_of(row.heat[at]) : quiet;
  for (int bit = 7; bit >= 0; --bit) {
    const bool set = (row.seen.last.data[at] >> bit & 1) != 0,
               changed = (row.recent[at] >> bit & 1) != 0;
    line.push_back({set ? "1" : "0", changed ? hot : quiet});
  }
}

void add_byte(const Table::Row& row, std::size_t at, bool binary, Style quiet, Line& line) {
  if (binary)
    add_bits(row, at, quiet, line);
  else
    line.push_back({fmt::format("{:02X}", row.seen.last.data[at]),
                    row.heat[at] > 0 ? style_of(row.heat[at]) : quiet});
  line.push_back({" ", Style::plain});
}

std::string ascii_of(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes)
    text += byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
  return text;
}

/// Whether the row should have come again by now.
bool is_stale(const Table::Row& row, nanoseconds now) {
  return now - row.seen.last.timestamp > std::max<nanoseconds>(3 * row.seen.period, 1s);
}

void add_data(const Table::Row& row, const Columns& columns, Style quiet, std::size_t from,
              Line& line) {
  const auto payload = row.seen.last.payload();
  const std::size_t end = std::min(from + columns.per_line(), payload.size());
  for (std::size_t at = from; at < end; ++at) add_byte(row, at, columns.binary(), quiet, line);
  if (!columns.ascii() || from >= end) return;
  line.push_back({std::string(3 * (columns.per_line() - (end - from)) + 1, ' '), Style::plain});
  line.push_back({ascii_of(payload.subspan(from, end - from)), quiet});
}

std::string words_of(const Message& message) {
  if (message.remote) return "remote request";
  return fmt::format("{}", fmt::join(error_words(message), "; "));
}

void add_row(const Table::Row& row, const Columns& columns, nanoseconds now,
             std::vector<Line>& lines) {
  const Message& last = row.seen.last;
  const Style quiet = last.error ? Style::error : is_stale(row, now) ? Style::faint : Style::plain;
  Line line{{cut(columns.front_of(row), columns.width()), quiet}};
  if (last.error || last.remote) {
    const std::size_t room = columns.width() - std::min(columns.width(), columns.front());
    line.push_back({cut(words_of(last), room), quiet});
    lines.push_back(std::move(line));
    return;
  }
  for (std::size_t from = 0;; from += columns.per_line()) {
    add_data(row, columns, quiet, from, line);
    lines.push_back(std::move(line));
    if (from + columns.per_line() >= last.payload().size()) return;
    line = {{std::string(columns.front(), ' '), Style::plain}};
  }
}

/// "  Engine: Speed 850.5 rpm, Gear 2 Second", in as many lines as it takes.
void add_meaning(const Table& table, const Table::Row& row, std::size_t width,
                 std::vector<Line>& lines) {
  std::string line = table.meanings().name(row.seen.last);
  if (line.empty()) return;
  line = "  " + line;
  std::string_view comma = ": ";
  for (const std::string& value : table.meanings().values(row.seen.last)) {
    if (line.size() + 2 + value.size() > width && line.size() > 4) {
      lines.push_back({{cut(line + ",", width), Style::faint}});
      line = "    ";
      comma = "";
    }
    line.append(comma).append(value);
    comma = ", ";
  }
  lines.push_back({{cut(line, width), Style::faint}});
}

void add_row_and_meaning(const Table& table, const Table::Row& row, const Columns& columns,
                         nanoseconds now, const Look& look, std::vector<Line>& lines) {
  add_row(row, columns, now, lines);
  if (look.decoded && table.meanings().any()) add_meaning(table, row, columns.width(), lines);
}

Line title(const Table& table, const Facts& facts, std::size_t width) {
  std::string text = fmt::format("{}  {:.0f}/s", facts.bus, facts.rate);
  if (facts.load) text += fmt::format("  load {:.1f} %", 100 * *facts.load);
  text += fmt::format("  {} ids  {} errors", grouped(table.size()), grouped(table.view().errors()));
  if (table.view().others() > 0)
    text += fmt::format("  {} more not shown", grouped(table.view().others()));
  if (facts.dropped > 0) text += fmt::format("  {} dropped", grouped(facts.dropped));
  text += fmt::format("  {}", kOrders[static_cast<std::size_t>(table.order())]);
  if (!table.filter().empty()) text += fmt::format("  filter {}", table.filter());
  if (table.paused()) text += "  PAUSED";
  if (facts.ended) text += "  ENDED";
  return {{padded(text, width), Style::title}};
}

Line foot(const Facts& facts, std::size_t width) {
  if (facts.prompt) {  // its end is what is being typed
    const std::string text = cut(*facts.prompt, facts.prompt->size());
    return {{text.size() < width ? text : text.substr(text.size() - width + 1), Style::plain}};
  }
  return {{cut(facts.message.empty() ? kKeys : facts.message, width),
           facts.message.empty() ? Style::faint : Style::error}};
}

/// A terminal would go on in the next line.
void clip(Line& line, std::size_t width) {
  for (Span& span : line) {
    span.text.resize(std::min(span.text.size(), width));
    width -= span.text.size();
  }
}

}  // namespace

std::size_t page_of(Size size) {
  return static_cast<std::size_t>(std::max(1, size.lines - kHeads - kFoot));
}

std::vector<Line> draw(const Table& table, const Facts& facts, const Look& look, Size size) {
  const Columns columns(table, look, size);
  const std::size_t last = static_cast<std::size_t>(std::max(0, size.lines - kFoot));
  std::vector<Line> lines{title(table, facts, columns.width()),
                          {{cut(columns.heads(), columns.width()), Style::faint}}};
  const auto visible = table.visible();
  for (std::size_t i = look.top; i < visible.size() && lines.size() < last; ++i)
    add_row_and_meaning(table, table.row(visible[i]), columns, facts.now, look, lines);
  lines.resize(last);
  if (size.lines > 0) lines.push_back(foot(facts, columns.width()));
  for (Line& line : lines) clip(line, columns.width());
  return lines;
}

}  // namespace can::cli
