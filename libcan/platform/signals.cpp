// SPDX-License-Identifier: MIT
#include "libcan/platform/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <thread>

#include "libcan/model/fail.h"
#include "libcan/platform/interruption.h"
#include "libcan/platform/standard_output.h"

namespace can {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
constexpr auto kSameWish = 200ms;
constexpr int kHardEnd = 128;  // plus the signal's number, as in a shell

// The state of the handler.
std::atomic<int> first_signal = 0, wake_up = -1;
std::atomic<std::int64_t> first_came = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now_ns() { return std::chrono::nanoseconds(Clock::now().time_since_epoch()).count(); }

/// From now on no system call of the main thread waits for long, including a call that began right
/// after the signal.
void keep_interrupting() {
  constexpr timeval kEvery = {.tv_sec = 0, .tv_usec = 100'000};
  const itimerval timer = {.it_interval = kEvery, .it_value = kEvery};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void on_signal(int number) {
  const int error = errno;
  int none = 0;
  if (first_signal.compare_exchange_strong(none, number)) {
    first_came = now_ns();
    interruption::request();
    keep_interrupting();
    ::eventfd_write(wake_up, 1);
  } else if (std::chrono::nanoseconds(now_ns() - first_came) > kSameWish) {
    ::_exit(kHardEnd + number);
  }
  errno = error;
}

void on_alarm(int) {}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART, so that waiting calls return
  ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void handle_all(void (*handler)(int)) {
  for (const int signal : kSignals)
    if (signal != SIGHUP || !is_ignored(signal)) handle(signal, handler);
}

}  // namespace

Signals::Signals() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) fail_errno("eventfd", errno);
  wake_up = descriptor_;
  handle(SIGALRM, on_alarm);
  handle_all(on_signal);
}

Signals::~Signals() {
  handle_all(SIG_DFL);
  wake_up = -1;
  ::close(descriptor_);
}

int Signals::received() {
  eventfd_t count;
  if (first_signal != 0) ::eventfd_read(descriptor_, &count);
  return first_signal;
}

int Signals::wait_until(Clock::time_point deadline) {
  wait_until(deadline, -1);
  return received();
}

bool Signals::wait_until(Clock::time_point deadline, int other) {
  for (;;) {
    const auto left = deadline - Clock::now();
    if (received() != 0 || left <= 0ns) return false;
    if (left <= sleep_.lead()) continue;
    const std::chrono::nanoseconds nap = left - sleep_.lead();
    const timespec timeout{.tv_sec = nap.count() / 1'000'000'000,
                           .tv_nsec = nap.count() % 1'000'000'000};
    pollfd ready[] = {{.fd = descriptor_, .events = POLLIN, .revents = 0},
                      {.fd = other, .events = POLLIN, .revents = 0}};
    if (::ppoll(ready, std::size(ready), &timeout, nullptr) == 0)
      sleep_.woke(Clock::now() - (deadline - sleep_.lead()));
    if (ready[1].revents != 0) return true;
  }
}

void end_by_signals_after(void (*put_away)()) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) {
    struct sigaction inherited {};
    const bool ignored =
        ::sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN;
    if (signal == SIGHUP && ignored) continue;  // set by nohup(1)
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

void let_signals_end_the_program() {
  handle_all(SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

void ignore_size_limits() { std::signal(SIGXFSZ, SIG_IGN); }

void leave(int status) {
  std::fflush(standard_output_stream());
  std::_Exit(status);
}

}  // namespace can
