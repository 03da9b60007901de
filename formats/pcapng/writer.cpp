// SPDX-License-Identifier: MIT
#include <vector>

#include "formats/pcapng/can_packet.h"
#include "formats/pcapng/pcapng.h"
#include "formats/support/put_text.h"
#include "formats/support/text_log_writer.h"
#include "libcan/model/bytes.h"

namespace can::pcapng {
namespace {

constexpr std::size_t kLongestBlock = 256;

char* pad(char* at, std::size_t size) {
  for (; size % 4 != 0; ++size) *at++ = 0;
  return at;
}

/// Writes an option. A text is cut to half a block.
char* put_option(char* at, std::uint16_t code, std::string_view value) {
  value = value.substr(0, kLongestBlock / 2);
  at = put(put(at, code), static_cast<std::uint16_t>(value.size()));
  return pad(put_text(at, value), value.size());
}

/// Completes a block from `start` to `end` with its length at both ends; returns the end.
char* finish_block(char* start, char* end) {
  const auto size = static_cast<std::uint32_t>(end + 4 - start);
  put(start + 4, size);
  return put(end, size);
}

class Writer final : public TextLogWriter {
 public:
  explicit Writer(std::unique_ptr<Sink> sink) : TextLogWriter(std::move(sink)) {
    char* start = out_.room(kLongestBlock);
    char* at = put(start, kSectionHeader) + 4;
    at = put(at, kByteOrder);
    at = put(put(at, std::uint16_t{1}), std::uint16_t{0});  // version 1.0
    at = put(at, std::int64_t{-1});                         // length of the section: unknown
    at = put_option(at, kApplication, "cansuite");
    out_.advance(finish_block(start, put(at, std::uint32_t{kEndOfOptions})));
  }

  void write(std::span<const Message> messages) override {
    for (const Message& m : messages) {
      const std::uint32_t interface = interface_of(m.channel);
      char* start = out_.room(kLongestBlock);
      char* at = put(put(start, kEnhancedPacket) + 4, interface);
      const auto time = static_cast<std::uint64_t>(m.timestamp.count());
      at = put(put(at, static_cast<std::uint32_t>(time >> 32)), static_cast<std::uint32_t>(time));
      char* sizes = at;
      at = put_packet(at + 8, m);
      const auto size = static_cast<std::uint32_t>(at - (sizes + 8));
      put(put(sizes, size), size);  // captured size, original size
      if (m.transmitted) {
        at = put(put(at, kPacketFlags), std::uint16_t{4});
        at = put(put(at, kOutbound), std::uint32_t{kEndOfOptions});
      }
      out_.advance(finish_block(start, at));
    }
  }

 private:
  std::uint32_t interface_of(Channel channel) {
    std::uint32_t& number = interfaces_[channel];
    if (number == 0) number = describe(channel);
    return number - 1;
  }

  /// Writes the description of an interface; returns its number + 1.
  std::uint32_t describe(Channel channel) {
    char* start = out_.room(kLongestBlock);
    char* at = put(put(start, kInterface) + 4, kLinkType);
    at = put(put(at, std::uint16_t{0}), std::uint32_t{0});  // no limit of a packet's length
    if (channel) at = put_option(at, kInterfaceName, channel.name());
    at = put_option(at, kTimeResolution, "\x09");  // 10^-9 s
    out_.advance(finish_block(start, put(at, std::uint32_t{kEndOfOptions})));
    return ++described_;
  }

  ChannelTable<std::uint32_t> interfaces_;  // number + 1; 0: not written yet
  std::uint32_t described_ = 0;
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions&) {
  return std::make_unique<Writer>(std::move(sink));
}

}  // namespace can::pcapng
