// SPDX-License-Identifier: MIT
#pragma once

#include "libcan/platform/descriptor.h"

namespace can {

/// A set of descriptors with one descriptor for poll(2), which is readable while any of the set is.
/// The descriptors of the set must stay open until they are removed. Used by one thread at a time;
/// descriptor() by any.
class AnyReadable {
 public:
  AnyReadable();  ///< throws Errc::io

  void add(int descriptor);     ///< throws Errc::io
  void remove(int descriptor);  ///< no effect if it isn't in the set
  int descriptor() const { return epoll_.get(); }

 private:
  Descriptor epoll_;
};

}  // namespace can
