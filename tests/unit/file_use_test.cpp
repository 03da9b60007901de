// SPDX-License-Identifier: MIT
#include "libcan/platform/file_use.h"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;

TEST_CASE("a file that was read once is no output, and a new one in its place is") {
  const TemporaryFolder folder;
  const std::string read = folder.path() + "/body.dbc", linked = folder.path() + "/linked.dbc";
  File(read, O_WRONLY | O_CREAT).write("VERSION");
  std::filesystem::create_hard_link(read, linked);
  keep_as_input(read);
  CHECK_THROWS_WITH(FileUse(linked), Catch::Contains("input and output are the same file"));
  std::filesystem::remove(read);
  std::filesystem::remove(linked);
  // File systems give a removed file's inode to the next one.
  const std::string output = folder.path() + "/out.log";
  const File written(output, O_WRONLY | O_CREAT);
  CHECK_NOTHROW(FileUse(written, FileUse::Kind::write));
}

TEST_CASE("a file that replaces one that was read is an input in its place") {
  const TemporaryFolder folder;
  const std::string token = folder.path() + "/token", next = folder.path() + "/next";
  File(token, O_WRONLY | O_CREAT).write("old");
  keep_as_input(token);
  File(next, O_WRONLY | O_CREAT).write("new");
  std::filesystem::rename(next, token);
  keep_as_input(token);
  CHECK_THROWS_WITH(FileUse(token), Catch::Contains("input and output are the same file"));
}
