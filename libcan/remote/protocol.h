// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/model/filter.h"
#include "libcan/model/message.h"

/// The events of python-can's remote protocol, versions 4 and 5, and of cansuite's version 64.
/// doc/remote-protocol.md has the bytes. The functions know no sockets, and trust no byte that a
/// peer sent.
///
/// Source: python-can at commits aa103543 (version 4) and 4d082c0e (version 5),
/// can/interfaces/remote/events.py, and sessions recorded from both.
namespace can::remote {

constexpr std::uint16_t kDefaultPort = 54701;
constexpr std::int32_t kDefaultBitrate = 500'000;  ///< bit/s; versions 4 and 5 can't say "none"

/// The version of the protocol: the first byte behind the id of a bus request.
enum class Version : std::uint8_t { v4 = 4, v5 = 5, own = 64 };

enum class EventId : std::uint8_t {
  bus_request = 1,
  bus_response = 2,
  message = 3,
  transmit_success = 4,
  transmit_fail = 5,
  remote_exception = 6,
  cyclic_start = 7,    // version 5
  cyclic_stop = 8,     // version 5
  message_update = 9,  // version 4; the original sends it on as a message
  filters = 10,
  session_request = 32,  // from here on only in version 64
  session_filters = 33,
  session_info = 34,
  frame = 35,
  channel_name = 36,
  send_failed = 37,
  lost = 38,
  sync = 39,
  synced = 40,
  notice = 41,
  closed = 255,
};

/// What a client of version 64 asks for.
struct SessionRequest {
  bool receive_own = false;
  bool wants_success = false;      ///< TransmitSuccess for every message sent
  bool fd_on = false;              ///< CAN FD; without fd_on and fd_off: the server's default
  bool fd_off = false;             ///< no CAN FD
  bool wants_notices = false;      ///< a notice for each thing that happens to the server's bus
  std::uint32_t data_bitrate = 0;  ///< bit/s; 0: leave as it is
  std::string_view token;          ///< at most 255 bytes
};

/// One event. Fields that its id isn't named at are undefined. Texts point into the decoded bytes.
struct Event {
  EventId id{};
  std::uint8_t version = 0;  ///< bus_request
  std::int32_t bitrate = 0;  ///< bus_request
  std::string_view text;     ///< bus_response, remote_exception, channel_name, send_failed, notice
  Filters filters;           ///< filters, session_filters
  SessionRequest session;    ///< session_request
  bool read_only = false;    ///< session_info
  std::uint8_t channel = 0;  ///< channel_name
  std::uint64_t number = 0;  ///< lost: messages so far; sync, synced: of the pair; cyclic_stop: id
  Message message;           ///< message, message_update, frame, cyclic_start
  std::chrono::milliseconds period{}, duration{};  ///< cyclic_start; duration 0: no end
};

/// The channels that the frames of one connection of version 64 name by number; 0: none.
using ChannelNames = std::array<Channel, 256>;

constexpr std::size_t kMessageSize = 23;        ///< bytes of a message of versions 4 and 5
constexpr std::size_t kLongestFrame = 16 + 64;  ///< bytes of the longest frame of version 64
constexpr std::size_t kLongestText = 255;       ///< bytes of any text in an event
constexpr std::size_t kMaxFilters = 255;

/// Reads the event that `bytes` start with. Returns its size, at most 2309 bytes; 0 while bytes of
/// it are missing. Throws Errc::corrupt for what is no event of this version.
std::size_t decode(Version version, std::span<const std::uint8_t> bytes, Event& event);

/// How much decode_messages() read, and into how many messages.
struct Run {
  std::size_t bytes = 0, messages = 0;
};

/// Reads the run of messages that `bytes` start with, as many as fit into `out`. Stops before any
/// other event and before a message that is cut or wrong: decode() says which it is.
Run decode_messages(Version version, std::span<const std::uint8_t> bytes,
                    const ChannelNames& channels, std::span<Message> out);

/// Writes the event of one message; returns its size in bytes. `channel` is the number that the
/// message's channel has on this connection, 0 for none.
std::size_t encode_message(Version version, const Message& message, std::uint8_t channel,
                           std::span<std::uint8_t, kLongestFrame> out);

/// Writes the events of several messages of one channel; returns their size in bytes. `out` has to
/// hold kLongestFrame bytes for each message.
std::size_t encode_messages(Version version, std::span<const Message> messages,
                            std::uint8_t channel, std::span<std::uint8_t> out);

/// Events written one behind the other. A text of more than 255 bytes is cut between two letters.
/// Filters past the 255th are left out; fits() tells beforehand.
class Encoder {
 public:
  void bus_request(Version version, std::int32_t bitrate);
  /// bus_response, remote_exception, send_failed, notice
  void text(EventId id, std::string_view text);
  void filters(Version version, std::span<const Filter> filters);
  void session_request(const SessionRequest& request);
  void session_info(bool read_only);
  void channel_name(std::uint8_t number, std::string_view name);
  void number(EventId id, std::uint64_t number);  ///< lost, sync, synced
  void plain(EventId id);                         ///< transmit_success, transmit_fail

  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// False when the filters can't be said in this version: more than 255 filters, a filter for remote
/// frames or data; in versions 4 and 5 an inverted filter; in version 4 a filter for a kind of id.
bool fits(Version version, std::span<const Filter> filters);

/// A peer's text with '?' in place of each control character, which could confuse a terminal.
std::string printable(std::string_view text);

}  // namespace can::remote
