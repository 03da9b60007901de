// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "cansuite/message.h"
#include "formats/support/channel_numbers.h"
#include "formats/support/recurring.h"
#include "formats/support/scanner.h"

namespace can::asc {

/// Parses the part of an event's line behind its time:
///
///   1  18EBFF00x       Rx   d 8 01 A0 0F A6 60 3B D1 40  Length = 273910 BitCount = 141 ...
///   2  200             Tx   r 8
///   1  ErrorFrame
///   CANFD   1 Rx        300  Name_12      1 0 9 12 01 ... 0C   102203  133   303000 ...
class FrameLine {
 public:
  enum class Event {
    frame,  ///< `out` is complete but for its timestamp; `line` is behind the frame
    xl,     ///< a CAN XL frame
    other,  ///< no frame; `out` is undefined
  };
  /// Throws Errc::corrupt for a frame that is damaged.
  Event parse(Scanner& line, Message& out);

  /// "base dec": the numbers of classic frames are decimal; those of CANFD lines are always
  /// hexadecimal.
  void set_decimal(bool on) { decimal_ = on; }

 private:
  bool read_channel(Scanner& line, Message& out);
  bool read_usual(Scanner& line, Message& out);
  Event read_classic(Scanner& line, Message& out);
  bool read_fd(Scanner& line, Message& out);

  NumberedChannels channels_;
  RecurringChannels recurring_;
  bool decimal_ = false;
};

}  // namespace can::asc
