// SPDX-License-Identifier: MIT
#include "libcan/net/outbox.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <span>
#include <vector>

using can::remote::Outbox;

TEST_CASE("an outbox takes as many bytes as its limit says, none of what passes it") {
  const std::vector<std::uint8_t> three = {1, 2, 3};
  Outbox box(5);
  CHECK(box.add(three));
  CHECK_FALSE(box.add(three));
  CHECK(box.size() == 3);
  CHECK(box.add(std::span(three).first(2)));
  box.add_last(three);
  CHECK(box.size() == 8);
}

TEST_CASE("an outbox that was never used takes nothing at all, too") {
  Outbox box(5);
  CHECK(box.add({}));
  box.add_last({});
  CHECK(box.empty());
}
