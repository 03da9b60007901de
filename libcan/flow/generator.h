// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "cansuite/message.h"

namespace can {

/// Makes frames for tests of a bus and of what receives them. The same options and the same seed
/// give the same frames, on every machine. For one thread; copies go on independently.
class Generator {
 public:
  /// How a field of the frames is chosen.
  enum class Choice : std::uint8_t {
    random,
    increment,  ///< from 0, one more with each frame; begins again at the end of the range
    fixed,
  };

  struct Options {
    Choice id = Choice::random;
    Choice length = Choice::random;  ///< of the lengths that frames of the kind can have
    Choice data = Choice::random;    ///< increment: one number of 64 bits, little endian
    std::uint32_t fixed_id = 0;      ///< without `extended` at most 7FF
    std::uint8_t fixed_length = 0;   ///< bytes; a length that no frame has is rounded up
    std::array<std::uint8_t, 64> fixed_data{};
    bool extended = false;  ///< ids of 29 bits
    bool remote = false;    ///< remote frames; not with fd
    bool fd = false;        ///< CAN FD frames
    bool brs = false;       ///< with bit rate switch; of CAN FD frames
    bool mixed = false;  ///< each of extended, remote, fd and brs in a random part of the frames;
                         ///< CAN FD only with `fd`, extended ids only where id isn't fixed
    std::uint64_t seed = 0;
  };

  explicit Generator(const Options& options) : options_(options), random_(options.seed) {}

  /// The next frame, a valid one (why_invalid), without time, channel and direction.
  Message next();

 private:
  void choose_kind(Message& m);
  void choose_id(Message& m);
  void choose_length(Message& m);
  void choose_data(Message& m);
  bool toss() { return (random_() & 1) != 0; }

  const Options options_;
  std::mt19937_64 random_;  // the standard defines its numbers, unlike those of distributions
  std::uint64_t count_ = 0;
};

}  // namespace can
