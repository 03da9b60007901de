// SPDX-License-Identifier: MIT
// Any bytes as a configuration file, as CAN_CONFIG, and as an argument of candump: only Error may
// come out, in printable words.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "cansuite/config.h"
#include "libcan/model/candump_argument.h"
#include "libcan/model/fail.h"
#include "libcan/model/utf8.h"
#include "libcan/platform/descriptor.h"

using namespace can;

namespace {

template <class Use>
void attempt(Use use) {
  try {
    use();
  } catch (const Error& error) {
    if (!is_printable(error.what())) std::abort();
  }
}

void read_file(const std::string& bytes) {
  const Descriptor file(::memfd_create("can.conf", MFD_CLOEXEC));
  if (::write(file.get(), bytes.data(), bytes.size()) < 0) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  for (const char* section : {"", "other"})
    attempt([&] { bus_config(load_config_files({path}, section)); });
  for (const std::string& line : unknown_settings(load_config_files({path}, "")))
    if (!is_printable(line)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  attempt([&] { read_file(bytes); });
  ::setenv("CAN_CONFIG", bytes.c_str(), 1);
  attempt([&] { bus_config(load_environment("")); });
  attempt([&] { parse_candump_argument(bytes); });
  return 0;
}
