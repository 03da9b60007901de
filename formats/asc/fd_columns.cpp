// SPDX-License-Identifier: MIT
#include "formats/asc/fd_columns.h"

#include "formats/asc/columns.h"
#include "formats/support/vector_flags.h"
#include "libcan/model/fail.h"

namespace can::asc {
namespace {

constexpr std::uint64_t kAnyFdFlag = vector_flags::kFd | vector_flags::kBrs | vector_flags::kEsi;

bool read_bit(Scanner& line, std::string_view what) {
  return read_number(line, true, 1, what) != 0;
}

/// The flags, in the third column behind the data. Where it is missing, or "Length = 5 BitCount =
/// 3" follows as behind classic frames, the only flag is the line's first word: CANFD.
std::uint64_t read_fd_flags(Scanner& line) {
  const std::string_view duration = line.read_word();  // ns
  line.read_word();                                    // length, bits
  std::uint64_t flags;
  const bool there =
      !same_word(duration, "length") && parse_hex(line.read_word(), UINT32_MAX, flags);
  return there ? flags : vector_flags::kFd;
}

/// Makes a CANFD line without the FD flag a classic frame, seen on an FD channel.
void become_classic(Message& out, std::uint8_t dlc, bool remote) {
  const std::uint8_t there = out.length;
  out.fd = out.brs = out.esi = false;
  out.remote = remote;
  set_dlc(out, dlc);
  if (!remote && out.length != there)
    fail(Errc::corrupt, "expected {} data bytes, got {}", out.length, there);
}

/// "r 8", and a length or nothing: CAN FD has no remote frames.
void read_fd_remote(Scanner& line, Message& out) {
  out.brs = out.esi = false;
  line.skip_blanks();
  read_remote_dlc(line, false, out);
}

/// Reads the data of a CANFD line. Some writers count the bytes that a remote frame requests as
/// data.
void read_fd_data(Scanner& line, bool older, Message& out) {
  const std::string_view data = line.rest();
  const auto bytes = std::span(out.data).first(out.length);
  std::uint8_t byte;
  if (older || bytes.empty() || read_byte(line, false, byte)) {
    line.go_back(data);
    return expect_bytes(line, false, bytes);
  }
  const bool remote =
      (read_fd_flags(line) & (vector_flags::kRemote | vector_flags::kFd)) == vector_flags::kRemote;
  line.go_back(data);
  if (!remote) expect_bytes(line, false, bytes);
  out.length = 0;
}

}  // namespace

void read_fd_columns(Scanner& line, bool older, Message& out) {
  out.brs = read_bit(line, "BRS as 0 or 1");
  out.esi = read_bit(line, "ESI as 0 or 1");
  if (line.accept("r ")) return read_fd_remote(line, out);
  if (older) line.read_word();
  const std::uint8_t dlc = read_number(line, false, 15, "a data length code");
  out.length = read_number(line, true, kFdLength, "a length up to 64");
  check_fd_length(out.length);
  read_fd_data(line, older, out);
  if (older) expect_no_byte(line, false);
  const std::uint64_t flags = older ? vector_flags::kFd : read_fd_flags(line);
  out.fd = (flags & kAnyFdFlag) != 0 || out.length > kClassicLength;
  if (!out.fd) become_classic(out, dlc, (flags & vector_flags::kRemote) != 0);
}

}  // namespace can::asc
