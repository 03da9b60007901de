// SPDX-License-Identifier: MIT
#include "formats/blf/pieces.h"

#include <utility>

namespace can::blf {

Pieces::Pieces(ContainerReader containers, unsigned threads)
    : containers_(std::move(containers)),
      places_(2 * threads + 1),
      pool_(threads, places_.size(), [this](std::size_t at) { containers_.unpack(places_[at]); }) {}

Piece* Pieces::next() {
  if (std::exchange(held_, false)) pool_.release();
  while (!ended_ && !pool_.full() && (pool_.empty() || containers_.at_hand())) {
    ended_ = !containers_.next(places_[pool_.next()]);
    if (!ended_) pool_.start();
  }
  if (pool_.empty()) return nullptr;
  held_ = true;
  return &places_[pool_.oldest()];
}

bool Pieces::at_hand() const {
  return pool_.count() > (held_ ? 1u : 0u) || ended_ || containers_.at_hand();
}

}  // namespace can::blf
