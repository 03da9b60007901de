// SPDX-License-Identifier: MIT
#include "formats/mf4/transpose.h"

#include <catch2/catch.hpp>
#include <string>

using namespace can::mf4;

namespace {

/// Whether each part of the table comes back from the turned one.
bool comes_back(const std::string& turned, std::size_t columns, const std::string& wanted) {
  for (const std::size_t size : {wanted.size(), std::size_t{300}, std::size_t{9}})
    for (std::size_t at = 0; at < wanted.size(); at += size) {
      const std::string part = wanted.substr(at, size);
      std::string back(part.size(), '?');
      transpose_back(turned, columns, at, back);
      if (back != part) return false;
    }
  return true;
}

}  // namespace

TEST_CASE("a table is turned, whatever its size, and turned back in parts", "[mf4]") {
  for (std::size_t columns = 1; columns <= 35; ++columns)
    for (const std::size_t size : {0, 1, 7, 34, 64, 333, 1000}) {
      CAPTURE(columns, size);
      std::string bytes(size, '\0');
      for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 37 + i / 256);
      std::string wanted = bytes, turned(size, '?');
      const std::size_t rows = size / columns;
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
          wanted[column * rows + row] = bytes[row * columns + column];
      transpose(bytes, columns, turned.data());
      CHECK((turned == wanted));
      CHECK(comes_back(turned, columns, bytes));
    }
}
