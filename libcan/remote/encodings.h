// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "libcan/model/message_view.h"
#include "libcan/remote/protocol.h"

namespace can::remote {

/// Messages lately encoded, and their bytes: what one client gets of a bus whose ends share their
/// messages most others get next.
class Encodings {
 public:
  static constexpr std::size_t kViews = 16;  ///< more than one turn of a client brings

  /// The messages as that version has them, all from the channel of that number. Valid until the
  /// next call.
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
