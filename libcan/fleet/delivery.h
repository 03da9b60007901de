// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "libcan/fleet/spool.h"

namespace can::fleet {

/// Decides which batch of a spool is sent when, until a sink has acknowledged each. Knows neither
/// sockets nor threads; the times are those of a monotonic clock.
///
/// While acknowledgements come, up to kWindow batches are under way, in order. After a silence the
/// oldest one alone is repeated, in growing intervals, and each new batch is sent once besides, for
/// those who only watch; the first acknowledgement lets everything behind it follow. Where the
/// batches aren't consecutive, those before the gap are acknowledged before one behind it is sent.
class Delivery {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kWindow = 64;                       ///< batches
  static constexpr auto kSilence = std::chrono::seconds(3);        ///< a sink syncs once a second
  static constexpr auto kFirstRepeat = std::chrono::seconds(1);    ///< of the oldest batch
  static constexpr auto kLongestRepeat = std::chrono::seconds(5);  ///< between two repeats

  /// A batch to be sent.
  struct Sending {
    Spool::Batch batch;
    bool begins = false;  ///< the sink is to be told that no earlier batch will come
  };

  /// Whose acknowledgement counts.
  enum class By {
    sink,
    broker,  ///< it repeats nothing, as the connection does that: batches are sent once, in order
  };

  /// The spool must outlive this.
  explicit Delivery(Spool& spool, By by = By::sink);

  /// The connection was made, or made again.
  void connected(Time now);

  /// The next batch to be sent; empty: none for now. Throws Errc::io.
  std::optional<Sending> next(Time now);

  /// A sink has stored all batches of the run up to this one. Of a batch that was not sent: no
  /// effect.
  void acknowledge(Position last, Time now);

  /// When next() is to be asked again if neither a batch nor an acknowledgement comes.
  Time due() const;

  bool complete() const { return base_ >= spool_.end(); }  ///< all is acknowledged
  std::uint64_t repeated() const { return repeated_; }     ///< batches sent more than once

 private:
  struct Sent {
    Spool::Place at, behind;
    Position position;
  };

  std::optional<Sending> probe(Time now);
  std::optional<Sending> watchable();
  std::optional<Sending> in_order();
  bool window_full() const;
  void remember(const Spool::Batch& batch);
  void fall_silent(Time now);
  void keep_consecutive();
  void release();

  Spool& spool_;
  const By by_;
  Spool::Place base_;                     // behind the last acknowledged batch
  Spool::Place next_;                     // of the next batch in order
  Spool::Place furthest_;                 // behind the last batch that was ever sent
  std::optional<Position> acknowledged_;  // the last one
  std::deque<Sent> sent_;                 // not acknowledged, oldest first; in order while flowing
  bool flowing_ = false;                  // acknowledgements come
  Time repeat_at_{}, heard_at_{};
  std::chrono::nanoseconds pause_ = kFirstRepeat;
  std::uint64_t repeated_ = 0;
};

}  // namespace can::fleet
