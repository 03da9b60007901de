// SPDX-License-Identifier: MIT
#include "libcan/platform/temporary_file.h"

#include <cerrno>

#include "libcan/model/fail.h"

namespace can {

TemporaryFile::TemporaryFile() : file_(std::tmpfile()) {
  if (!file_) fail_errno("temporary file", errno);
}

void TemporaryFile::write(std::span<const char> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    fail_errno("temporary file", errno);
}

void TemporaryFile::rewind() {
  if (std::fflush(file_.get()) != 0) fail_errno("temporary file", errno);
  std::rewind(file_.get());
}

std::size_t TemporaryFile::read(std::span<char> out) {
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  if (got < out.size() && std::ferror(file_.get())) fail_errno("temporary file", errno);
  return got;
}

}  // namespace can
