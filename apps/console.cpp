// SPDX-License-Identifier: MIT
#include "apps/console.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

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

void Progress::show(std::uint64_t messages, const std::string& rest) {
  const auto now = Clock::now();
  if (!on_ || now - last_ < kRedraw) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const std::string line =
      fmt::format("{}{} messages  {:.0f} s  {}{}{}", kClearLine, grouped(messages), seconds,
                  rate_text(static_cast<double>(messages) / seconds), rest.empty() ? "" : "  ", rest);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

void Progress::clear() {
  if (drawn_) std::fputs(kClearLine, stderr);
  drawn_ = false;
}

bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

}  // namespace can::cli
