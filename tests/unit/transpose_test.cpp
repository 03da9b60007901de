// SPDX-License-Identifier: MIT
#include "formats/mf4/transpose.h"

#include <catch2/catch.hpp>
#include <string>

using namespace can::mf4;

TEST_CASE("a table is turned, whatever its size, and turned back", "[mf4]") {
  for (std::size_t columns = 1; columns <= 35; ++columns)
    for (const std::size_t size : {0, 1, 7, 34, 64, 333, 1000}) {
      CAPTURE(columns, size);
      std::string bytes(size, '\0');
      for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37 + i / 256);
      std::string wanted = bytes, turned(size, '?'), back(size, '?');
      const std::size_t rows = size / columns;
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
          wanted[column * rows + row] = bytes[row * columns + column];
      transpose(bytes, columns, turned.data());
      CHECK((turned == wanted));
      transpose_back(turned, columns, back.data());
      CHECK((back == bytes));
    }
}
