// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "cansuite/log.h"
#include "formats/support/line_reader.h"
#include "formats/support/passed_over.h"

namespace can {

/// Reads a log of lines: iterates over them, counts and reports the unknown ones, and returns early
/// from a log that is still being written. A derived class parses a line in the function that its
/// fill() passes to read_lines().
class LineLogReader : public LogReader {
 public:
  bool at_hand() const final { return lines_.at_hand(); }

 protected:
  explicit LineLogReader(std::unique_ptr<Source> source) : lines_(std::move(source)) {}

  /// Whether a cut line is never a valid one. Elsewhere a frame in a last line without a newline is
  /// delivered with a warning.
  virtual bool lines_end_themselves() const { return false; }

  /// The kind of a line.
  enum class Line {
    frame,    ///< a frame, now in the message
    other,    ///< a comment, a header, an event
    foreign,  ///< unknown
    xl,       ///< a CAN XL frame; a Message holds none
  };

  /// Calls parse(line, message) until `out` is full, the log ends or, after the first message, the
  /// next line would have to be waited for. parse() returns a Line, or throws an Error without a
  /// place.
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
    has_frames_ = true;  // the damaged line is one
    lines_.fail_here(error);
  }

  void pass_over(Line kind, std::string_view line);
  void warn_of_cut();
  void stop();

  PassedOver foreign_{"line", "not understood"}, xl_ = xl_frames();
  bool has_frames_ = false;
};

}  // namespace can
