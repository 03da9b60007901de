// SPDX-License-Identifier: MIT
#include "libcan/signals/transport.h"

#include <algorithm>

#include "libcan/signals/addresses.h"

namespace can::signals {
namespace {

// Bits 16 to 23 of the id of the two kinds of frames.
constexpr std::uint32_t kControl = 0xEC, kData = 0xEB;
// The first byte of a control frame.
constexpr std::uint8_t kRequestToSend = 16, kAcknowledged = 19, kToAll = 32, kAbort = 255;
constexpr std::size_t kFrameData = 7;  // bytes of a data frame behind its number

std::uint64_t key_of(const Message& m, std::uint32_t source, std::uint32_t destination) {
  return std::uint64_t{m.channel.index()} << 16 | source << 8 | destination;
}
std::uint32_t source_of(const Message& m) { return m.id & 0xFF; }
std::uint32_t destination_of(const Message& m) { return m.id >> 8 & 0xFF; }
std::uint64_t key_of(const Message& m) { return key_of(m, source_of(m), destination_of(m)); }
std::uint64_t key_of_answer(const Message& m) { return key_of(m, destination_of(m), source_of(m)); }

std::uint32_t kind_of(const Message& m) { return m.id >> 16 & 0x3FF; }

/// The id that the packet would have in one frame.
std::uint32_t id_of(const Message& m) {
  const std::uint32_t group = m.data[5] | m.data[6] << 8 | (m.data[7] & 3u) << 16;
  const bool addressed = can::signals::destination_of(group << 8).has_value();
  const std::uint32_t priority = m.id & 0x1C000000;
  return priority | group << 8 | (addressed ? destination_of(m) << 8 : 0) | source_of(m);
}

}  // namespace

bool Transport::is_frame(const Message& m) {
  const std::uint32_t kind = kind_of(m);
  return m.extended && !m.error && m.payload().size() == 8 && (kind == kControl || kind == kData);
}

const Packet* Transport::add(const Message& m) {
  if (!is_frame(m)) return nullptr;
  if (kind_of(m) == kData) return data(m);
  control(m);
  return nullptr;
}

void Transport::control(const Message& m) {
  if (m.data[0] == kRequestToSend || m.data[0] == kToAll) begin(m);
  if (m.data[0] == kAcknowledged || m.data[0] == kAbort) lose(key_of_answer(m));
  if (m.data[0] == kAbort) lose(key_of(m));
}

/// The packet can't become complete any more.
void Transport::lose(std::uint64_t key) { lost_ += sessions_.erase(key); }

void Transport::begin(const Message& m) {
  lose(key_of(m));
  const std::size_t length = m.data[1] | m.data[2] << 8, frames = m.data[3];
  const bool sound = length > 8 && length <= Packet::kMaxLength &&
                     frames == (length + kFrameData - 1) / kFrameData;
  if (!sound) return;
  if (sessions_.size() == kMaxSessions) {
    ++lost_;
    return;
  }
  Session& made = sessions_[key_of(m)];
  made.packet.id = id_of(m);
  made.packet.channel = m.channel;
  made.packet.length = length;
  made.to_all = m.data[0] == kToAll;
  made.frames = frames;
}

const Packet* Transport::data(const Message& m) {
  const auto found = sessions_.find(key_of(m));
  if (found == sessions_.end()) return nullptr;
  Session& session = found->second;
  const std::size_t number = m.data[0];
  if (number == 0 || number > session.next) {
    if (session.to_all) lose(found->first);  // else the receiver asks for the frame again
    return nullptr;
  }
  const std::size_t at = (number - 1) * kFrameData;
  std::copy_n(m.data.begin() + 1, std::min(kFrameData, session.packet.length - at),
              session.packet.data.begin() + static_cast<std::ptrdiff_t>(at));
  session.next = std::max(session.next, number + 1);
  if (session.next <= session.frames) return nullptr;
  complete_ = session.packet;
  complete_.timestamp = m.timestamp;
  sessions_.erase(found);
  return &complete_;
}

}  // namespace can::signals
