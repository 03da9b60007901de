// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cansuite/message_view.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// A cache of the messages encoded last, with their bytes. Clients whose buses share messages get
/// the same messages one after the other; the cache encodes them once. Used by one thread.
class Encodings {
 public:
  static constexpr std::size_t kViews = 16;  ///< kept: a client's turn has no more

  /// The events of the messages in `version`; All messages have the channel with the number
  /// `channel`. `view` needs a keeper. The bytes are valid until the next call.
  std::span<const std::uint8_t> of(Version version, std::uint8_t channel, const MessageView& view);

 private:
  struct Batch {
    Version version{};
    std::uint8_t channel = 0;
    MessageView view;
    std::vector<std::uint8_t> bytes;  // only grows; `size` of them count
    std::size_t size = 0;

    bool is(Version version, std::uint8_t channel, const MessageView& view) const;
    void encode();
  };

  std::array<Batch, kViews> batches_;
  std::size_t oldest_ = 0;
};

}  // namespace can::remote
