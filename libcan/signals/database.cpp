// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "libcan/model/fail.h"
#include "libcan/model/utf8.h"
#include "libcan/signals/builder.h"
#include "libcan/signals/parser.h"

namespace can::signals {
namespace {

constexpr std::size_t kMaxFile = 32 << 20;  // the largest known files have a fortieth of it

// Windows-1252 from 0x80 to 0x9F; five bytes have no character, and stay the control they are.
constexpr std::array<char16_t, 32> kWindows = {
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string from_windows(std::string_view text) {
  std::string utf8;
  utf8.reserve(text.size() + text.size() / 16);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    append_utf8(utf8, byte >= 0x80 && byte < 0xA0 ? kWindows[byte - 0x80] : byte);
  }
  return utf8;
}

std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             std::fclose);
  if (!file) fail_errno(path, errno);
  std::string text;
  std::array<char, 64 * 1024> part;
  for (std::size_t size; (size = std::fread(part.data(), 1, part.size(), file.get())) > 0;) {
    text.append(part.data(), size);
    if (text.size() > kMaxFile)
      fail(Errc::corrupt, "{}: a DBC file has at most {} MiB", path, kMaxFile >> 20);
  }
  if (std::ferror(file.get())) fail_errno(path, errno);
  return text;
}

}  // namespace

Database load_dbc(const std::string& path, const OnWarning& on_warning) {
  return parse_dbc(read_file(path), path, on_warning);
}

Database parse_dbc(std::string_view text, const std::string& name, const OnWarning& on_warning) {
  if (text.size() > kMaxFile)
    fail(Errc::corrupt, "{}: a DBC file has at most {} MiB", name, kMaxFile >> 20);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string converted = is_utf8(text) ? std::string() : from_windows(text);
  if (!converted.empty()) text = converted;
  Warnings warnings(name, on_warning);
  Database database = build(parse_statements(text, warnings), warnings);
  warnings.end();
  return database;
}

void Warnings::tell(std::size_t line, std::string_view text) const {
  on_warning_(fmt::format("{}:{}: {}", name_, line, text));
}

void Warnings::end() const {
  if (on_warning_ && count_ > kMaxWarnings)
    on_warning_(fmt::format("{}: {} more warnings", name_, count_ - kMaxWarnings));
}

}  // namespace can::signals
