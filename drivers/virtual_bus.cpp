// SPDX-License-Identifier: MIT
// A bus inside one process: what one end sends, every other end on the same channel receives.

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "drivers/driver.h"

namespace can {
namespace {

class VirtualBus;

struct Hub {
  std::mutex mutex;
  std::condition_variable arrived;
  std::unordered_map<std::string, std::vector<VirtualBus*>> ends;
};

Hub& hub() {
  static Hub instance;
  return instance;
}

class VirtualBus final : public Bus {
 public:
  explicit VirtualBus(const BusConfig& config)
      : channel_(config.channel),
        handle_(config.channel),
        hears_itself_(config.receive_own_messages) {
    std::lock_guard lock(hub().mutex);
    hub().ends[channel_].push_back(this);
  }
  ~VirtualBus() override {
    std::lock_guard lock(hub().mutex);
    std::erase(hub().ends[channel_], this);
  }

  void send(std::span<const Message> messages) override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    {
      std::lock_guard lock(hub().mutex);
      for (VirtualBus* end : hub().ends[channel_]) {
        if (end == this && !hears_itself_) continue;
        for (Message m : messages) {
          m.timestamp = now;
          m.channel = handle_;
          m.transmitted = end == this;
          end->queue_.push_back(m);
        }
      }
    }
    hub().arrived.notify_all();
  }

  std::string name() const override { return "virtual " + channel_; }
  int descriptor() const override { return -1; }

 protected:
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override {
    std::unique_lock lock(hub().mutex);
    auto here = [this] { return !queue_.empty(); };
    if (timeout == timeout.max())
      hub().arrived.wait(lock, here);
    else
      hub().arrived.wait_for(lock, timeout, here);
    const std::size_t n = std::min(out.size(), queue_.size());
    std::copy_n(queue_.begin(), n, out.begin());
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(n));
    return n;
  }

 private:
  std::string channel_;
  Channel handle_;
  bool hears_itself_;
  std::deque<Message> queue_;
};

}  // namespace

namespace drivers {
extern const Driver virtual_bus;
constinit const Driver virtual_bus = {
    .name = "virtual",
    .title = "bus inside this process",
    .channels = "any name",
    .options = {},
    .open = [](const BusConfig& config) -> std::unique_ptr<Bus> {
      return std::make_unique<VirtualBus>(config);
    },
};
}  // namespace drivers
}  // namespace can
