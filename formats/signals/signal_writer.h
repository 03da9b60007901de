// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/signals/signals.h"
#include "formats/support/seconds_text.h"
#include "formats/support/text_log_writer.h"

namespace can::signals {

/// Writes what messages are decoded to as text. A derived class writes one message, and fills
/// texts_.
class SignalWriter : public TextLogWriter {
 public:
  void write(std::span<const Message> messages) final {
    decoder_.decode(messages,
                    [this](const Message& m, const Decoded& decoded) { put(m, decoded); });
  }
  void close() final {
    decoder_.tell_losses();
    TextLogWriter::close();
  }

 protected:
  /// `quoted` makes the text of a channel.
  SignalWriter(std::unique_ptr<Sink> sink, const LogOptions& options,
               std::string (*quoted)(std::string_view))
      : TextLogWriter(std::move(sink)), decoder_(options), quoted_(quoted) {}

  virtual void put(const Message& m, const Decoded& decoded) = 0;

  /// For put_blocks().
  std::string_view channel_text(Channel channel) {
    if (channel != last_channel_) change_channel(channel);
    return channel_text_.view();
  }

  /// The text of the value table, ready for the format; "" for none.
  std::string_view table_text(const Value& value) const {
    const ValueText* const text = text_of(value);
    if (!text) return {};
    return texts_[value.number].texts[static_cast<std::size_t>(text - value.signal->values.data())];
  }

  LogDecoder decoder_;
  std::vector<SignalTexts> texts_;  // by Value::number
  SecondsText time_;

 private:
  void change_channel(Channel channel) {
    last_channel_ = channel;
    channel_text_ = BlockText(quoted_(channel.name()));
  }

  std::string (*const quoted_)(std::string_view);
  Channel last_channel_;
  BlockText channel_text_{""};
};

}  // namespace can::signals
