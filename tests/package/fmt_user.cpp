// SPDX-License-Identifier: MIT
// A program with a fmt of its own; cansuite's formats an error text.
#include <cansuite/error.h>
#include <cansuite/log.h>
#include <cansuite/version.h>
#include <fmt/core.h>

#if CANSUITE_VERSION_MAJOR == 0 && CANSUITE_VERSION_MINOR < 2
#error "the version of the headers"
#endif

int main() try { can::open_log("missing.blf"); } catch (const can::Error& error) {
  fmt::print("cansuite {}: {}\n", can::version(), error.what());
}
