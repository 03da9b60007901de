// SPDX-License-Identifier: MIT
#include "apps/console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 100ms;
constexpr const char* kClearLine = "\r\033[K";

std::string rate_text(double per_second) {
  if (per_second >= 1e6) return fmt::format("{:.1f}M/s", per_second / 1e6);
  if (per_second >= 1e4) return fmt::format("{:.0f}k/s", per_second / 1e3);
  return fmt::format("{:.0f}/s", per_second);
}

}  // namespace

Progress::Progress(bool wanted) : on_(wanted && ::isatty(STDERR_FILENO) != 0) {}

bool Progress::due() const { return on_ && Clock::now() - last_ >= kRedraw; }

void Progress::show(std::uint64_t messages, const std::string& rest) {
  if (!due()) return;
  const auto now = last_ = Clock::now();
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string line = fmt::format(
      "{}{} messages  {:.0f} s  {}{}{}", kClearLine, grouped(messages), seconds,
      rate_text(static_cast<double>(messages) / seconds), rest.empty() ? "" : "  ", rest);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

void Progress::clear() {
  if (drawn_) std::fputs(kClearLine, stderr);
  drawn_ = false;
}

bool stdout_is_terminal() { return ::isatty(standard_output()) != 0; }

}  // namespace can::cli
