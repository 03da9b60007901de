// SPDX-License-Identifier: MIT
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>

namespace can::socketcan {

/// A request to the kernel about links (network interfaces): a header and attributes, which may be
/// nested.
/// Source: rtnetlink(7), linux/rtnetlink.h. All parts begin at multiples of four bytes.
class Request {
 public:
  /// `index` 0: an attribute names the interface, or the request is for all interfaces.
  Request(std::uint16_t type, std::uint16_t flags, int index);

  ifinfomsg& link() { return *reinterpret_cast<ifinfomsg*>(bytes_.data() + NLMSG_HDRLEN); }
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_.data()); }

  void add(std::uint16_t type, std::span<const std::byte> value);
  template <class Value>
  void add(std::uint16_t type, const Value& value) {
    add(type, std::as_bytes(std::span(&value, 1)));
  }

  /// Attributes added between open() and close() are nested in the opened attribute.
  std::size_t open(std::uint16_t type);
  void close(std::size_t opened);

  std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

 private:
  alignas(nlmsghdr) std::array<std::byte, 1024> bytes_{};
  std::size_t size_ = NLMSG_SPACE(sizeof(ifinfomsg));
};

/// Calls `use(type, value)` for each attribute; stops at a malformed one.
template <class Use>
void for_each_attribute(std::span<const std::byte> bytes, Use use) {
  while (bytes.size() >= sizeof(rtattr)) {
    rtattr attribute;
    std::memcpy(&attribute, bytes.data(), sizeof attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > bytes.size()) return;
    use(attribute.rta_type & NLA_TYPE_MASK,
        bytes.subspan(RTA_LENGTH(0), attribute.rta_len - RTA_LENGTH(0)));
    bytes = bytes.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), bytes.size()));
  }
}

/// The first bytes of an attribute; zeros beyond its end.
template <class Value>
Value value_of(std::span<const std::byte> bytes) {
  Value value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

/// Sends the request and calls `use` with header and attributes of each link in the answer. Returns
/// 0 or the kernel's error number.
int request_link(Request& request,
                 const std::function<void(const ifinfomsg&, std::span<const std::byte>)>& use);

}  // namespace can::socketcan
