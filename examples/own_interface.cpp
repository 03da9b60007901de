// SPDX-License-Identifier: MIT
// An interface of one's own, which gives back each message that is sent: own_interface
#include <cansuite/cansuite.h>
#include <cansuite/plugin.h>
#include <unistd.h>

#include <deque>
#include <iostream>

namespace {

class EchoBus final : public can::Bus {
 public:
  explicit EchoBus(std::string channel) : channel_(std::move(channel)) {
    if (::pipe(pipe_) != 0) throw can::Error(can::Errc::io, name() + ": no pipe");
  }
  ~EchoBus() override { ::close(pipe_[0]), ::close(pipe_[1]); }
  std::string name() const override { return "echo " + channel_; }
  int descriptor() const override { return pipe_[0]; }  // readable while a message is there

 protected:
  std::size_t send_some(std::span<const can::Message> messages) override {
    const auto good = can::sendable(messages.first(1), true);
    if (good.empty()) can::refuse(name(), messages[0]);
    return ::write(pipe_[1], good.data(), sizeof(can::Message)) > 0 ? 1 : 0;
  }
  std::size_t receive_any(std::span<can::Message> out, std::chrono::nanoseconds timeout) override {
    if (!can::wait_readable(pipe_[0], timeout)) return 0;
    return ::read(pipe_[0], out.data(), sizeof(can::Message)) > 0 ? 1 : 0;
  }

 private:
  std::string channel_;
  int pipe_[2];
};

const can::Driver kEcho = {
    .name = "echo",
    .title = "gives back what is sent",
    .channels = "any name",
    .open = [](const can::BusConfig& config) -> std::unique_ptr<can::Bus> {
      return std::make_unique<EchoBus>(config.channel);
    },
};

}  // namespace

int main() try {
  can::register_interface(kEcho);
  const auto bus = can::open_bus({.interface = "echo", .channel = "hall"});
  bus->send(can::frame(0x123, {1, 2, 3}));
  std::cout << bus->name() << ": " << bus->receive(std::chrono::seconds(1)).value() << '\n';
} catch (const can::Error& error) {
  std::cerr << "own_interface: " << error.what() << '\n';
  return 1;
}
