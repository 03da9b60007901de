// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <utility>

#include "cansuite/signals.h"
#include "libcan/signals/transport.h"

namespace can::signals {

/// Decodes messages, and packets of J1939's transport protocol where the databases have parameter
/// groups. Not thread-safe.
class PacketDecoder {
 public:
  explicit PacketDecoder(Catalog catalog) : decoder_(std::move(catalog)) {}

  /// Calls `use` with the message and what it is decoded to. A packet follows the message that
  /// completes it, as a message without data. All messages of a log or bus have to come.
  template <class Use>
  void decode(const Message& m, Use use) {
    use(m, decoder_.decode(m));
    if (!with_packets_) return;
    if (const Packet* packet = transport_.add(m)) use(head_of(*packet), decoder_.decode(*packet));
  }
  template <class Use>
  void decode(std::span<const Message> messages, Use use) {
    for (const Message& m : messages) decode(m, use);
  }

  auto signals() const { return decoder_.signals(); }
  /// Whether the message is a part of a packet, or is about one.
  bool carries_packet(const Message& m) const { return with_packets_ && Transport::is_frame(m); }

  /// The packets that are not complete. Whoever decodes messages a second time puts them back.
  const Transport& transport() const { return transport_; }
  void set_transport(const Transport& transport) { transport_ = transport; }

 private:
  static Message head_of(const Packet& packet);

  Decoder decoder_;
  Transport transport_;
  bool with_packets_ = decoder_.has_groups();
};

}  // namespace can::signals
