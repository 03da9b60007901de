// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cansuite/config.h"
#include "libcan/platform/shared_library.h"

namespace can {

/// The library that tests of a vendor's interface load: the vendor's own where the interface's
/// environment variable names it, else the stand-in of tests/stand_ins. Tests that command the
/// stand-in leave out the vendor's own.
class StandIn {
 public:
  /// "kvaser"; `old`: the one without the functions that came later.
  explicit StandIn(std::string_view interface, bool old = false);
  ~StandIn();

  /// The settings of a bus on it, CAN FD on where the interface has it.
  BusConfig config(std::string channel = {}, OptionValues options = {}) const;

  bool is_vendors() const { return vendors_; }
  /// False, with a warning, for the vendor's own, which takes no commands.
  bool obeys() const;
  const std::string& file() const { return file_; }

  /// Commands as in tests/stand_ins/README.md.
  void control(const std::string& commands) const;
  long long query(const std::string& question) const;

  /// What is commanded at the end of the object, such as "return 0" after "vanish 0".
  void at_end(std::string commands) { at_end_ += (at_end_.empty() ? "" : ";") + commands; }

 private:
  std::string interface_, file_, at_end_;
  bool vendors_;
  SharedLibrary library_;
};

}  // namespace can
