// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/channel.h"
#include "cansuite/message.h"
#include "libcan/platform/deflate.h"

/// Batches of messages for networks and files, in columns, compressed. Each batch can be read
/// without the others, and tells how much was lost before it. doc/canb.md has the layout.
namespace can::canb {

inline constexpr std::size_t kMaxFrames = 2000;          ///< messages of a batch
inline constexpr std::size_t kMaxChannels = 255;         ///< names of channels in a batch
inline constexpr std::size_t kMaxColumns = 64 * 1024;    ///< bytes of a batch before compression
inline constexpr std::size_t kMaxBatchSize = 80 * 1024;  ///< upper bound of an encoded batch, bytes

/// What identifies a batch, and says what is missing before it.
struct BatchInfo {
  std::uint64_t run = 0;           ///< random, of one run of the writing program
  std::uint64_t number = 0;        ///< of the batch in its run, from 0
  std::uint64_t first_frame = 0;   ///< number of its first message in the run; lost ones count
  std::uint64_t dropped = 0;       ///< messages that the bus lost since the run began
  std::uint64_t dropped_here = 0;  ///< messages that the writing program lost since then

  bool operator==(const BatchInfo&) const = default;
};

/// Collects messages and encodes them as a batch. For one thread at a time.
class Encoder {
 public:
  /// Within 2 % of the smallest size, at a quarter of its time.
  static constexpr int kPresetLevel = 5;

  /// `level` is 1 to 9, as in zlib; 0 doesn't compress.
  explicit Encoder(int level = kPresetLevel) : level_(level) {}

  /// Adds messages until the batch is full; returns how many were taken. Each can be on a bus, as
  /// why_invalid() says.
  std::size_t add(std::span<const Message> messages);

  /// Whether the next message would be refused.
  bool full() const {
    return messages_.size() == kMaxFrames || columns_ + kLargestFrame > kMaxColumns ||
           names_.size() == kMaxChannels;
  }
  std::size_t frames() const { return messages_.size(); }  ///< messages that wait for take()

  /// The encoded batch, valid even without messages; empties the encoder.
  std::string take(const BatchInfo& info);

 private:
  static constexpr std::size_t kFrameFields = 18;  // at most 8 of the kind, 2 its index, 8 the time
  static constexpr std::size_t kLargestFrame = kFrameFields + 64;

  void add(const Message& message);
  void clear();

  int level_;
  std::optional<Deflater> deflater_;  // from the first batch on
  std::vector<Message> messages_;
  std::size_t columns_ = 0;             // upper bound of their size before compression, bytes
  std::vector<Channel> names_;          // of the batch; a message has the index + 1
  ChannelTable<std::uint8_t> numbers_;  // index + 1 in names_; 0: none
};

/// Reads the head of a complete batch and checks its checksum. Throws Errc::corrupt, without a
/// place.
BatchInfo info_of(std::span<const std::uint8_t> batch);

/// Appends the messages of a complete batch, each of which can be on a bus, to `out`. Throws
/// Errc::corrupt, without a place; `out` is then as before.
BatchInfo decode(std::span<const std::uint8_t> batch, std::vector<Message>& out);

/// The names of the channels of a complete batch, views into it. Unlike decode(), makes no Channel
/// of them, which lasts until the process ends. Throws Errc::corrupt.
std::vector<std::string_view> names_of(std::span<const std::uint8_t> batch);

/// The size in bytes of the batch that begins with `head`, at most kMaxBatchSize; 0: more bytes are
/// needed to tell. Throws Errc::corrupt where no batch begins there.
std::size_t size_of(std::span<const std::uint8_t> head);

/// The place of the first batch in `bytes`, or of what may be its start at the end; bytes.size()
/// for none.
std::size_t find_start(std::span<const std::uint8_t> bytes);

}  // namespace can::canb
