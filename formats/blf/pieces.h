// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "formats/blf/containers.h"
#include "formats/support/ordered_pool.h"

namespace can::blf {

/// The contents of the containers, decompressed in parallel.
class Pieces {
 public:
  Pieces(ContainerReader containers, unsigned threads);

  /// The next piece, valid until the next call; null at the end.
  Piece* next();
  /// Whether next() returns without waiting for input.
  bool at_hand() const;

 private:
  ContainerReader containers_;
  std::vector<Piece> places_;
  OrderedPool pool_;  // last, as its threads use the others
  bool held_ = false, ended_ = false;
};

}  // namespace can::blf
