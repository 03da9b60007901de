// SPDX-License-Identifier: MIT
#include "libcan/platform/temporary_file.h"

#include <unistd.h>

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

std::size_t TemporaryFile::read_at(std::uint64_t offset, std::span<char> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ::ssize_t got = ::pread(::fileno(file_.get()), out.data() + done, out.size() - done,
                                  static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno("temporary file", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace can
