// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/filter.h"
#include "cansuite/message.h"

/// The events of python-can's remote protocol, versions 4 and 5, and of cansuite's version 64.
/// doc/remote-protocol.md has the bytes. The functions use no sockets, and check all bytes of a
/// peer.
///
/// Source: python-can at commits aa103543 (version 4) and 4d082c0e (version 5),
/// can/interfaces/remote/events.py, and sessions recorded from both.
namespace can::remote {

constexpr std::uint16_t kDefaultPort = 54701;
constexpr std::int32_t kDefaultBitrate = 500'000;  ///< bit/s; versions 4 and 5 have no "none"

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
  message_update = 9,  // version 4; python-can sends it as a message
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
  busy = 42,
  closed = 255,
};

/// The request of a client of version 64.
struct SessionRequest {
  bool receive_own = false;
  bool wants_success = false;      ///< TransmitSuccess for every message sent
  bool fd_on = false;              ///< CAN FD; without fd_on and fd_off: the server's default
  bool fd_off = false;             ///< no CAN FD
  bool wants_notices = false;      ///< a notice for each event of the server's bus
  bool knows_busy = false;         ///< busy for a refusal that a later attempt may not meet
  std::uint32_t data_bitrate = 0;  ///< bit/s; 0: unchanged
  std::string_view token;          ///< at most 255 bytes
};

/// One event. Only the fields of its id are defined. Texts point into the decoded bytes.
struct Event {
  EventId id{};
  std::uint8_t version = 0;  ///< bus_request
  std::int32_t bitrate = 0;  ///< bus_request
  /// bus_response, remote_exception, channel_name, send_failed, notice, busy
  std::string_view text;
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

/// Reads the event at the start of `bytes`. Returns its size, at most 2309 bytes; 0 while the event
/// is incomplete. Throws Errc::corrupt for an unknown or wrong event.
std::size_t decode(Version version, std::span<const std::uint8_t> bytes, Event& event);

/// The number of bytes read by decode_messages(), and of messages.
struct Run {
  std::size_t bytes = 0, messages = 0;
};

/// Reads the messages at the start of `bytes`, as many as fit into `out`. Stops before another
/// event, and before a message that is cut or wrong; decode() distinguishes the cases.
Run decode_messages(Version version, std::span<const std::uint8_t> bytes,
                    const ChannelNames& channels, std::span<Message> out);

/// Writes the event of one message; returns its size in bytes. `channel` is the number of
/// the message's channel on this connection; 0: none.
std::size_t encode_message(Version version, const Message& message, std::uint8_t channel,
                           std::span<std::uint8_t, kLongestFrame> out);

/// Writes the events of several messages of one channel; returns their size in bytes. `out` has to
/// hold kLongestFrame bytes for each message.
std::size_t encode_messages(Version version, std::span<const Message> messages,
                            std::uint8_t channel, std::span<std::uint8_t> out);

/// Writes events one after the other. Cuts a text of more than 255 bytes at a character boundary.
/// Omits filters beyond the 255th; fits() checks that before.
class Encoder {
 public:
  void bus_request(Version version, std::int32_t bitrate);
  /// bus_response, remote_exception, send_failed, notice, busy
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

/// False if this version can't express the filters: more than 255 filters, or a filter for remote
/// or data frames; in versions 4 and 5, an inverted filter; in version 4, a filter for a kind of
/// id.
bool fits(Version version, std::span<const Filter> filters);

/// A peer's text with '?' for each character that is_hidden(), which could confuse a terminal.
std::string printable(std::string_view text);

}  // namespace can::remote
