// SPDX-License-Identifier: MIT
#include "formats/blf/file_header.h"

#include <algorithm>

#include "libcan/model/bytes.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"

namespace can::blf {
namespace {

using namespace std::chrono;

constexpr std::uint32_t kApi = 4'07'01'00;  // 4.7.1.0, the version of the layouts written here

nanoseconds get_time(const char* at, const TimeZone& zone) {
  const auto field = [at](std::size_t i) -> int { return get<std::uint16_t>(at + 2 * i); };
  CivilTime civil;
  civil.year = field(0);
  civil.month = field(1);
  if (civil.year == 0 || civil.month == 0) return {};
  civil.day = field(3);
  civil.hour = field(4);
  civil.minute = field(5);
  civil.second = field(6);
  civil.nanosecond = std::min(field(7), 999) * 1'000'000;
  return from_civil(civil, zone);
}

void put_time(char* at, nanoseconds time, const TimeZone& zone) {
  if (time < kFirstDate) return;
  const CivilTime c = to_civil(time, zone);
  for (int value :
       {c.year, c.month, c.weekday, c.day, c.hour, c.minute, c.second, c.nanosecond / 1'000'000}) {
    put(at, static_cast<std::uint16_t>(value));
    at += 2;
  }
}

}  // namespace

FileHeader FileHeader::parse(std::string_view bytes, const TimeZone& zone) {
  if (bytes.size() < kFileHeader || !is_blf(bytes)) fail(Errc::corrupt, "not a BLF log");
  const char* at = bytes.data();
  FileHeader header;
  header.size = get<std::uint32_t>(at + 4);
  header.file_size = get<std::uint64_t>(at + 16);
  header.unpacked_size = get<std::uint64_t>(at + 24);
  header.objects = get<std::uint32_t>(at + 32);
  header.start = get_time(at + 40, zone);
  header.end = get_time(at + 56, zone);
  if (header.size < kFileHeader)
    fail(Errc::corrupt, "expected a file header of {} bytes, got {}", kFileHeader, header.size);
  return header;
}

void FileHeader::put_into(std::array<char, kFileHeader>& bytes, const TimeZone& zone) const {
  put(bytes.data() + 16, file_size);
  put(bytes.data() + 24, unpacked_size);
  put(bytes.data() + 32, objects);
  put_time(bytes.data() + 40, start, zone);
  put_time(bytes.data() + 56, end, zone);
}

std::array<char, kFileHeader> new_file_header(int compression_level) {
  std::array<char, kFileHeader> bytes{};
  std::memcpy(bytes.data(), "LOGG", 4);
  put(bytes.data() + 4, static_cast<std::uint32_t>(kFileHeader));
  put(bytes.data() + 8, kApi);
  put(bytes.data() + 13, static_cast<std::uint8_t>(compression_level));
  return bytes;
}

// Converted to civil time and back: a local time that occurs twice is read as the earlier.
nanoseconds start_for(nanoseconds first, const TimeZone& zone) {
  if (first < kFirstDate) return {};
  std::array<char, 16> bytes{};
  put_time(bytes.data(), first, zone);
  return get_time(bytes.data(), zone);
}

bool is_blf(std::string_view head) { return head.starts_with("LOGG"); }

}  // namespace can::blf
