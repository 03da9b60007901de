// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "formats/support/line_reader.h"
#include "formats/support/passed_over.h"
#include "libcan/model/log.h"

namespace can {

/// Reads a log of lines: walks over them, counts those that are not understood and tells of them,
/// and hands on what has come of a log that is still being written. A derived class says what a
/// line means, in the function that its fill() gives to read_lines().
class LineLogReader : public LogReader {
 public:
  bool at_hand() const final { return lines_.at_hand(); }

 protected:
  explicit LineLogReader(std::unique_ptr<Source> source) : lines_(std::move(source)) {}

  /// Whether half a line is never taken for a whole one. Elsewhere a frame in a last line without
  /// its newline is given with a warning.
  virtual bool lines_end_themselves() const { return false; }

  /// What a line is.
  enum class Line {
    frame,    ///< the message is filled
    other,    ///< known to hold no frame: a comment, a header, an event
    foreign,  ///< not understood
    xl,       ///< a CAN XL frame, which a Message can't hold
  };

  /// Calls parse(line, message), which returns a Line or throws an Error without a place, until
  /// `out` is full, the log ends or, once there is a message, the next line is still to come.
  template <class Parse>
  void read_lines(std::span<Message> out, std::size_t& filled, Parse parse) {
    for (std::string_view line; filled < out.size();) {
      if (!lines_.next(line, filled == 0)) return stop();
      const Line kind = read_at_place(line, out[filled], parse);
      if (kind != Line::frame) {
        pass_over(kind, line);
        continue;
      }
      ++filled;
      has_frames_ = true;
      if (!lines_.complete()) warn_of_cut();
    }
  }

  LineReader lines_;

 private:
  template <class Parse>
  Line read_at_place(std::string_view line, Message& out, Parse& parse) try {
    return parse(line, out);
  } catch (const Error& error) {
    has_frames_ = true;  // what is damaged was one
    lines_.fail_here(error);
  }

  void pass_over(Line kind, std::string_view line);
  void warn_of_cut();
  void stop();

  PassedOver foreign_{"line", "not understood"}, xl_ = xl_frames();
  bool has_frames_ = false;
};

}  // namespace can
