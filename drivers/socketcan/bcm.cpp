// SPDX-License-Identifier: MIT
// Source: linux/can/bcm.h and the kernel's Documentation/networking/can.rst, chapter 4.2.
#include "drivers/socketcan/bcm.h"

#include <linux/can/bcm.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "cansuite/wait.h"
#include "drivers/socketcan/frame.h"
#include "libcan/model/fail.h"
#include "libcan/platform/descriptor.h"

namespace can::socketcan {
namespace {

using std::chrono::nanoseconds;

bcm_timeval to_timeval(nanoseconds time) {
  const auto microseconds = std::chrono::round<std::chrono::microseconds>(time).count();
  return {.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000};
}

/// Owns a socket, and thereby the kernel's task: several tasks may have the same id.
class Task final : public PeriodicTask {
 public:
  Task(const std::string& where, const std::string& interface, const Message& message,
       const Cycle& cycle)
      : PeriodicTask(message), where_(where), interface_(interface), cycle_(cycle) {
    begin(message);
  }

  void stop() override {
    socket_ = Descriptor();
    running_ = false;
  }

  bool wait(nanoseconds timeout) override {
    const Deadline deadline(timeout);
    while (running_ && wait_for(socket_.get(), POLLIN, deadline.left())) read_answer();
    return !running_;
  }

 protected:
  // Uses a new socket: an interface that disappeared and came back has another index.
  void begin(const Message& message) override {
    connect();
    const bool more = cycle_.then.count() > 0;
    running_ = more || cycle_.count != 1;  // the kernel doesn't report the end of a single message
    bcm_msg_head head{};
    head.flags = SETTIMER | STARTTIMER;
    head.count = static_cast<std::uint32_t>(cycle_.count);
    (cycle_.count == 0 ? head.ival2 : head.ival1) = to_timeval(cycle_.period);
    if (more) head.ival2 = to_timeval(cycle_.then);
    set_up(head, message);
  }

  void replace(const Message& message) override {
    if (running_) set_up(bcm_msg_head{}, message);
  }

 private:
  void connect() {
    socket_ = Descriptor(::socket(PF_CAN, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, CAN_BCM));
    sockaddr_can address{};
    address.can_family = AF_CAN;
    address.can_ifindex = static_cast<int>(::if_nametoindex(interface_.c_str()));
    if (address.can_ifindex == 0) fail(Errc::not_found, "{}: no such interface", where_);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (!socket_ || ::connect(socket_.get(), generic, sizeof address) != 0)
      fail_errno(fmt::format("{}: broadcast manager", where_), errno);
  }

  void set_up(bcm_msg_head head, const Message& message) {
    canfd_frame frame;
    const std::size_t size = encode(message, frame);
    head.opcode = TX_SETUP;
    head.can_id = frame.can_id;
    head.nframes = 1;
    // These flags replace the previous flags of the task.
    head.flags |= (message.fd ? CAN_FD_FRAME : 0) | (cycle_.then.count() == 0 ? TX_COUNTEVT : 0);
    const iovec parts[] = {{&head, sizeof head}, {&frame, size}};
    if (::writev(socket_.get(), parts, 2) < 0)
      fail_errno(fmt::format("{}: broadcast manager", where_), errno);
  }

  void read_answer() {
    bcm_msg_head answer{};
    if (::read(socket_.get(), &answer, sizeof answer) < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      const int error = errno;
      stop();
      fail_errno(where_, error);
    }
    if (answer.opcode == TX_EXPIRED) running_ = false;
  }

  const std::string where_, interface_;
  const Cycle cycle_;
  Descriptor socket_;
  bool running_ = false;
};

}  // namespace

std::unique_ptr<PeriodicTask> start_in_kernel(const std::string& where,
                                              const std::string& interface, const Message& message,
                                              const Cycle& cycle) {
  if (cycle.count > std::numeric_limits<std::uint32_t>::max()) return nullptr;
  return std::make_unique<Task>(where, interface, message, cycle);
}

}  // namespace can::socketcan
