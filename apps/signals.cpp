// SPDX-License-Identifier: MIT
#include "apps/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "libcan/error.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
// poll wakes up some 50 us late; the rest of the way is spent looking at the clock.
constexpr auto kSpin = 80us;

}  // namespace

Signals::Signals() {
  ignore_broken_pipes();
  sigset_t set;
  sigemptyset(&set);
  for (int signal : kSignals) {
    std::signal(signal, SIG_DFL);
    sigaddset(&set, signal);
  }
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0) fail_errno("signalfd", errno);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

Signals::~Signals() { ::close(descriptor_); }

int Signals::received() {
  signalfd_siginfo info;
  if (received_ == 0 && ::read(descriptor_, &info, sizeof info) == sizeof info)
    received_ = static_cast<int>(info.ssi_signo);
  return received_;
}

int Signals::wait_until(std::chrono::steady_clock::time_point deadline) {
  using Clock = std::chrono::steady_clock;
  for (;;) {
    const auto left = deadline - Clock::now();
    if (received() != 0 || left <= 0ns) return received_;
    if (left <= kSpin) continue;
    const auto nap = std::chrono::nanoseconds(left - kSpin).count();
    const timespec timeout{.tv_sec = nap / 1'000'000'000, .tv_nsec = nap % 1'000'000'000};
    pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
    ::ppoll(&ready, 1, &timeout, nullptr);
  }
}

void end_by_signals_after(void (*put_away)()) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) {
    struct sigaction inherited {};
    const bool ignored =
        ::sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN;
    if (signal == SIGHUP && ignored) continue;  // as nohup(1) wants it
    std::signal(signal, SIG_DFL);
    sigaddset(&set, signal);
  }
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set, put_away] {
    int signal = 0;
    ::sigwait(&set, &signal);
    put_away();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ::kill(::getpid(), signal);
  }).detach();
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace can::cli
