// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "formats/blf/containers.h"
#include "formats/support/ordered_pool.h"

namespace can::blf {

/// What the containers hold, unpacked side by side.
class Pieces {
 public:
  Pieces(ContainerReader containers, unsigned threads);

  /// The next one, which stays until the next call; null at the end.
  Piece* next();
  /// Whether next() returns at once, or after unpacking.
  bool at_hand() const;

 private:
  ContainerReader containers_;
  std::vector<Piece> places_;
  OrderedPool pool_;  // last: its threads use the others
  bool held_ = false, ended_ = false;
};

}  // namespace can::blf
