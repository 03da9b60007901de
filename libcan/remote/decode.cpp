// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <cstring>

#include "libcan/model/fail.h"
#include "libcan/model/frame_bits.h"
#include "libcan/model/utf8.h"
#include "libcan/remote/big_endian.h"
#include "libcan/remote/protocol.h"
#include "libcan/remote/wire.h"

namespace can::remote {
namespace {

using std::chrono::nanoseconds;
using Bytes = std::span<const std::uint8_t>;

nanoseconds from_seconds(double seconds) {
  if (!(std::fabs(seconds) < 9e9)) return {};  // NaN, or beyond int64 nanoseconds
  auto whole = static_cast<std::int64_t>(seconds);
  if (static_cast<double>(whole) > seconds) --whole;
  const double rest = (seconds - static_cast<double>(whole)) * 1e9;
  return nanoseconds(whole * 1'000'000'000 + static_cast<std::int64_t>(rest + 0.5));
}

//  offset 0  f64  seconds     8  u32  id     12  u8  length     13  u8  flags     14  8 bytes
// False for a length above 8. `at` points behind the event's id.
bool read_body(const std::uint8_t* at, std::uint8_t flags, Message& message) {
  message.reset();
  message.id = load<std::uint32_t>(at + 8);
  message.length = at[12];
  set_message_flags(message, flags & kClassicFlags);
  if (message.length > 8) return false;
  std::memcpy(message.data.data(), at + 14, 8);
  return true;
}

bool read_message(const std::uint8_t* event, Message& message) {
  if (!read_body(event + 1, event[14], message)) return false;
  message.timestamp = from_seconds(std::bit_cast<double>(load<std::uint64_t>(event + 1)));
  return true;
}

//  offset 1  s64  ns     9  u32  id     13  u8  flags     14  u8  dlc     15  u8  channel     16
//  data
// The size of the frame; 0 if it is cut. The dlc may be out of range.
std::size_t size_of_frame(Bytes bytes) {
  if (bytes.size() < kFrameHead) return 0;
  const std::uint8_t flags = bytes[13], dlc = bytes[14] & 0xF;
  const std::size_t length = (flags & kRemote) != 0 ? 0
                             : (flags & kFd) != 0   ? length_of(dlc)
                                                    : std::min<std::size_t>(dlc, 8);
  return bytes.size() < kFrameHead + length ? 0 : kFrameHead + length;
}

bool read_frame(const std::uint8_t* event, std::size_t size, Message& message) {
  if (event[14] > 15) return false;
  message.reset();
  message.timestamp = nanoseconds(static_cast<std::int64_t>(load<std::uint64_t>(event + 1)));
  message.id = load<std::uint32_t>(event + 9);
  set_message_flags(message, event[13]);
  set_dlc(message, event[14]);
  std::memcpy(message.data.data(), event + kFrameHead, size - kFrameHead);
  return true;
}

Filter read_filter(const std::uint8_t* at, Version version) {
  Filter filter;
  filter.id = load<std::uint32_t>(at);
  filter.mask = load<std::uint32_t>(at + 4);
  if (version == Version::v5) {
    if ((filter.mask & kTopBit) != 0) filter.extended = (filter.id & kTopBit) != 0;
    filter.id &= kExtendedIdMask;
    filter.mask &= kExtendedIdMask;
  } else if (version == Version::own) {
    if ((at[8] & kOneKind) != 0) filter.extended = (at[8] & kExtendedKind) != 0;
    filter.inverted = (at[8] & kInverted) != 0;
  }
  return filter;
}

/// Reads the fields of one event, front to back. At the end of the bytes every field is 0 and
/// cut() is true.
class Fields {
 public:
  explicit Fields(Bytes bytes) : bytes_(bytes) {}

  template <class Number>
  Number take() {
    const std::uint8_t* at = skip(sizeof(Number));
    return at == nullptr ? Number{} : static_cast<Number>(load<std::make_unsigned_t<Number>>(at));
  }
  const std::uint8_t* skip(std::size_t size) {
    cut_ = cut_ || size > bytes_.size() - at_;
    if (cut_) return nullptr;
    at_ += size;
    return bytes_.data() + at_ - size;
  }
  std::string_view text() {
    const std::size_t size = take<std::uint8_t>();
    const std::uint8_t* at = skip(size);
    return at == nullptr ? std::string_view{}
                         : std::string_view(reinterpret_cast<const char*>(at), size);
  }
  bool cut() const { return cut_; }
  std::size_t used() const { return at_; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool cut_ = false;
};

[[noreturn]] void fail_length(std::uint8_t length) {
  fail(Errc::corrupt, "a message of {} bytes", length);
}

void read_filters(Fields& fields, Version version, Event& event) {
  const std::size_t size = version == Version::own ? 9 : 8;
  const std::size_t count = fields.take<std::uint8_t>();
  const std::uint8_t* at = fields.skip(count * size);
  event.filters.clear();
  for (std::size_t i = 0; at != nullptr && i < count; ++i)
    event.filters.push_back(read_filter(at + i * size, version));
}

// s32 period, s32 duration, u32 id, u8 length, u8 extended, 8 bytes
void read_cyclic_start(Fields& fields, Event& event) {
  const std::uint8_t* at = fields.skip(kMessageSize - 1);
  if (at == nullptr) return;
  event.period = std::chrono::milliseconds(static_cast<std::int32_t>(load<std::uint32_t>(at)));
  event.duration =
      std::chrono::milliseconds(static_cast<std::int32_t>(load<std::uint32_t>(at + 4)));
  if (!read_body(at, at[13] != 0 ? kExtended : 0, event.message)) fail_length(at[12]);
  if (event.period.count() <= 0 || event.duration.count() < 0)
    fail(Errc::corrupt, "a cyclic message every {} ms for {} ms", event.period.count(),
         event.duration.count());
}

void read_session_request(Fields& fields, Event& event) {
  const std::uint8_t flags = fields.take<std::uint8_t>();
  event.session = {.receive_own = (flags & kReceiveOwn) != 0,
                   .wants_success = (flags & kWantsSuccess) != 0,
                   .fd_on = (flags & kFdOn) != 0,
                   .fd_off = (flags & kFdOff) != 0,
                   .wants_notices = (flags & kWantsNotes) != 0,
                   .knows_busy = (flags & kKnowsBusy) != 0,
                   .data_bitrate = fields.take<std::uint32_t>(),
                   .token = {}};
  event.session.token = fields.text();
}

void read_message_event(Fields& fields, Event& event) {
  const std::uint8_t* at = fields.skip(kMessageSize - 1);
  if (at != nullptr && !read_message(at - 1, event.message)) fail_length(at[12]);
}

void read_frame_event(Fields& fields, Bytes bytes, Event& event) {
  const std::size_t size = size_of_frame(bytes);
  if (fields.skip(size == 0 ? bytes.size() : size - 1) == nullptr) return;
  if (!read_frame(bytes.data(), size, event.message))
    fail(Errc::corrupt, "a frame with data length code {}", bytes[14]);
}

/// Decodes an event of all versions. False for another event.
bool read_common(Fields& fields, Version version, Event& event) {
  switch (event.id) {
    case EventId::bus_request:
      event.version = fields.take<std::uint8_t>();
      event.bitrate = fields.take<std::int32_t>();
      return true;
    case EventId::bus_response:
    case EventId::remote_exception:
      event.text = fields.text();
      return true;
    case EventId::message:
      read_message_event(fields, event);
      return true;
    case EventId::filters:
      read_filters(fields, version == Version::own ? Version::v4 : version, event);
      return true;
    case EventId::transmit_success:
    case EventId::transmit_fail:
    case EventId::closed:
      return true;
    default:
      return false;
  }
}

/// Decodes an event of this version only. False for another event.
bool read_particular(Fields& fields, Bytes bytes, Version version, Event& event) {
  if (version == Version::v4 && event.id == EventId::message_update) {
    read_message_event(fields, event);
    return true;
  }
  if (version == Version::v5 && event.id == EventId::cyclic_start) {
    read_cyclic_start(fields, event);
    return true;
  }
  if (version == Version::v5 && event.id == EventId::cyclic_stop) {
    event.number = fields.take<std::uint32_t>();
    return true;
  }
  if (version != Version::own) return false;
  switch (event.id) {
    case EventId::session_request:
      read_session_request(fields, event);
      return true;
    case EventId::session_filters:
      read_filters(fields, version, event);
      return true;
    case EventId::session_info:
      event.read_only = (fields.take<std::uint8_t>() & 1) != 0;
      return true;
    case EventId::frame:
      read_frame_event(fields, bytes, event);
      return true;
    case EventId::channel_name:
      event.channel = fields.take<std::uint8_t>();
      event.text = fields.text();
      return true;
    case EventId::send_failed:
    case EventId::notice:
    case EventId::busy:
      event.text = fields.text();
      return true;
    case EventId::lost:
    case EventId::sync:
    case EventId::synced:
      event.number = fields.take<std::uint64_t>();
      return true;
    default:
      return false;
  }
}

}  // namespace

std::size_t decode(Version version, Bytes bytes, Event& event) {
  if (bytes.empty()) return 0;
  Fields fields(bytes);
  event.id = static_cast<EventId>(fields.take<std::uint8_t>());
  if (!read_common(fields, version, event) && !read_particular(fields, bytes, version, event))
    fail(Errc::corrupt, "event {} isn't known in version {}", bytes[0],
         static_cast<unsigned>(version));
  return fields.cut() ? 0 : fields.used();
}

Run decode_messages(Version version, Bytes bytes, const ChannelNames& channels,
                    std::span<Message> out) {
  Run run;
  const bool own = version == Version::own;
  const auto id = static_cast<std::uint8_t>(own ? EventId::frame : EventId::message);
  while (run.messages < out.size() && run.bytes < bytes.size() && bytes[run.bytes] == id) {
    const Bytes rest = bytes.subspan(run.bytes);
    const std::size_t size = own                          ? size_of_frame(rest)
                             : rest.size() < kMessageSize ? 0
                                                          : kMessageSize;
    Message& message = out[run.messages];
    if (size == 0) break;
    if (!(own ? read_frame(rest.data(), size, message) : read_message(rest.data(), message))) break;
    if (own) message.channel = channels[rest[15]];
    run.bytes += size;
    ++run.messages;
  }
  return run;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const bool hidden = is_hidden(read_utf8(text));
    out += hidden ? "?" : before.substr(0, before.size() - text.size());
  }
  return out;
}

}  // namespace can::remote
