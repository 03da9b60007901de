// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace can {

/// The kind of an error, by which a caller decides. The text has the details.
enum class Errc {
  invalid,      ///< an option, a frame or a filter with a bad value
  not_found,    ///< no such file, interface, channel or vendor library
  unsupported,  ///< a sound request that this driver or format can't fulfil
  io,           ///< an error of the operating system or device
  corrupt,      ///< a log or packet that violates its format
  full,         ///< the device takes no more messages: its queue stays full
  closed,       ///< the reader of our output has closed the pipe: a normal end
};

/// The exception of the library. what() is one line without a full stop that starts with the place:
/// "drive.asc:1042: expected an arbitration id, got 'xyz'".
class Error : public std::runtime_error {
 public:
  /// `text`: as what().
  Error(Errc code, const std::string& text) : std::runtime_error(text), code_(code) {}
  Errc code() const noexcept { return code_; }  ///< the kind

 private:
  Errc code_;
};

}  // namespace can
