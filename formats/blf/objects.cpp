// SPDX-License-Identifier: MIT
#include "formats/blf/objects.h"

#include <fmt/core.h>

#include <algorithm>

namespace can::blf {
namespace {

constexpr std::size_t kSignature = 4;

void put_base_header(char* at, std::size_t header_size, std::size_t size, ObjectType type) {
  std::memcpy(at, "LOBJ", kSignature);
  put(at + 4, static_cast<std::uint16_t>(header_size));
  put(at + 6, std::uint16_t{1});
  put(at + 8, static_cast<std::uint32_t>(size));
  put(at + 12, type);
}

}  // namespace

char* put_container_header(char* at, Compression compression, std::size_t size,
                           std::size_t unpacked_size) {
  put_base_header(at, kBaseHeader, kBaseHeader + kContainerFields + size, ObjectType::container);
  char* fields = at + kBaseHeader;
  std::memset(fields, 0, kContainerFields);
  put(fields, compression);
  put(fields + 8, static_cast<std::uint32_t>(unpacked_size));
  return fields + kContainerFields;
}

char* put_object_header(char* at, ObjectType type, std::size_t size, std::int64_t time) {
  put_base_header(at, kObjectHeader, size, type);
  put(at + 16, std::uint64_t{2});  // times in ns, no client, object version 0
  put(at + 24, time);
  return at + kObjectHeader;
}

ObjectFinder::Found ObjectFinder::find_behind_padding(const char*& at, const char* end) {
  for (std::size_t i = 0; i <= kMaxPadding; ++i) {
    const auto left = static_cast<std::size_t>(end - at);
    if (left < i + kSignature) return Found::more;
    if (!is_start(at + i)) continue;
    if (left < i + kBaseHeader) return Found::more;
    at += i;
    return Found::object;
  }
  lost_ = true;
  const bool zeros = std::all_of(at, at + kMaxPadding, [](char c) { return c == 0; });
  return zeros ? search(at, end) : Found::junk;  // more padding than usual is no error
}

ObjectFinder::Found ObjectFinder::search(const char*& at, const char* end) {
  for (;;) {
    const auto left = static_cast<std::size_t>(end - at);
    if (left < kSignature) return Found::more;
    const void* found = memmem(at, left, "LOBJ", kSignature);
    if (!found) {
      skip(at, end - (kSignature - 1));
      return Found::more;
    }
    skip(at, static_cast<const char*>(found));
    if (static_cast<std::size_t>(end - at) < kBaseHeader) return Found::more;
    if (ObjectHeader(at).plausible()) {
      lost_ = false;
      return Found::object;
    }
    skip(at, at + kSignature);
  }
}

void ObjectFinder::skip(const char*& at, const char* to) {
  skipped_ += static_cast<std::uint64_t>(to - at);
  at = to;
}

std::string describe(const ObjectHeader& header) {
  return fmt::format("an object of {} bytes with a header of {}", header.size, header.header_size);
}

}  // namespace can::blf
