// SPDX-License-Identifier: MIT
#include "tests/stand_ins/group.h"

#ifdef _WIN32

namespace can::stand_in {
void join_group() {}
void send_to_group(const Frame&) {}
void send_to_group(const std::string&) {}
}  // namespace can::stand_in

#else

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <type_traits>

#include "tests/stand_ins/control.h"

namespace can::stand_in {
namespace {

constexpr int kSlots = 16;
constexpr std::size_t kLongestCommand = 256;
static_assert(std::is_trivially_copyable_v<Frame>);
static_assert(sizeof(Frame) != kLongestCommand);  // a command is filled up to this length

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "stand-in: CANSUITE_STAND_IN_BUS: %s\n", why);
  std::abort();
}

struct Address {
  sockaddr_un un{};
  socklen_t size = 0;

  Address(std::string_view bus, int slot) {
    std::string name = "cansuite-stand-in/" + std::string(bus) + "/" + identity().name + "/";
    name += std::to_string(slot);
    if (name.size() >= sizeof(un.sun_path)) give_up("too long");
    un.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), un.sun_path + 1);  // the zero in front: abstract
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&un); }
};

class Group {
 public:
  static Group& instance() {
    static Group& group = *new Group;  // its thread runs to the end of the process
    return group;
  }

  void send(const void* data, std::size_t size) const {
    for (int slot = 0; socket_ >= 0 && slot < kSlots; ++slot) {
      if (slot == slot_) continue;
      const Address address(bus_, slot);
      // Most slots are free: ECONNREFUSED.
      ::sendto(socket_, data, size, MSG_NOSIGNAL, address.get(), address.size);
    }
  }

 private:
  Group() {
    const char* bus = std::getenv("CANSUITE_STAND_IN_BUS");
    if (!bus || !*bus) return;
    bus_ = bus;
    open();
    std::thread([this] { receive(); }).detach();
  }

  void open() {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const timeval second{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    for (slot_ = 0; slot_ < kSlots; ++slot_) {
      const Address address(bus_, slot_);
      if (::bind(socket_, address.get(), address.size) == 0) return;
    }
    give_up("more than 16 processes");
  }

  void receive() const {
    for (;;) {
      alignas(Frame) char bytes[kLongestCommand + 1]{};
      const ssize_t size = ::recv(socket_, bytes, kLongestCommand, 0);
      if (size == sizeof(Frame))
        take_frame(bytes);
      else if (size == kLongestCommand)
        control(bytes);
    }
  }

  static void take_frame(const char* bytes) {
    Frame frame;
    std::memcpy(&frame, bytes, sizeof frame);
    deliver_from_group(frame);
  }

  std::string bus_;
  int socket_ = -1;
  int slot_ = 0;
};

}  // namespace

void join_group() { Group::instance(); }

void send_to_group(const Frame& frame) { Group::instance().send(&frame, sizeof frame); }

void send_to_group(const std::string& command) {
  std::string padded = command;
  padded.resize(kLongestCommand, '\0');
  Group::instance().send(padded.data(), padded.size());
}

}  // namespace can::stand_in

#endif
