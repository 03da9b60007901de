// SPDX-License-Identifier: MIT
#include "libcan/remote/encodings.h"

#include <algorithm>

namespace can::remote {

std::span<const std::uint8_t> Encodings::of(Version version, std::uint8_t channel,
                                            const MessageView& view) {
  const auto known = std::ranges::find_if(
      batches_, [&](const Batch& batch) { return batch.is(version, channel, view); });
  Batch& batch = known != batches_.end() ? *known : batches_[oldest_++ % kViews];
  if (known == batches_.end()) {
    batch.version = version;
    batch.channel = channel;
    batch.view = view;
    batch.encode();
  }
  return std::span(batch.bytes).first(batch.size);
}

bool Encodings::Batch::is(Version its_version, std::uint8_t its_channel,
                          const MessageView& its_view) const {
  return version == its_version && channel == its_channel &&
         view.messages.data() == its_view.messages.data() &&
         view.messages.size() == its_view.messages.size();
}

void Encodings::Batch::encode() {
  bytes.resize(std::max(bytes.size(), view.messages.size() * kLongestFrame));
  size = encode_messages(version, view.messages, channel, bytes);
}

}  // namespace can::remote
