// SPDX-License-Identifier: MIT
// Controllers and cyclic messages of the stand-in for VCI. Source: vcinpl.h, cantype.h of VCI 3.
#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <optional>
#include <thread>

#include "tests/stand_ins/ixxat.h"

namespace can::stand_in::ixxat {
namespace {

struct Control : Object {
  explicit Control(int channel) : channel_(channel) {}
  ~Control() override { stop(); }
  int channel() const override { return channel_; }

  bool start() {
    if (std::exchange(started, true)) return false;
    return with_line(channel_, [](Line& line) {
      if (line.started == 0) line.start_ns = now_ns();
      return ++line.started == 1;
    });
  }
  bool stop() {
    if (!std::exchange(started, false)) return false;
    return with_line(channel_, [](Line& line) { return --line.started == 0; });
  }

  const int channel_;
  bool initialized = false, started = false;
};

void set_rate(int channel, std::uint8_t btr0, std::uint8_t btr1) {
  const int quanta = ((btr0 & 0x3F) + 1) * (3 + (btr1 & 0xF) + (btr1 >> 4 & 7));
  set_setting(channel, "bitrate", 8'000'000 / quanta);
}

Result initialize(Control& control, std::uint8_t mode, std::uint8_t btr0, std::uint8_t btr1) {
  if (!(mode & (kStandard | kExtended))) return kInvalidArg;
  control.stop();
  control.initialized = true;
  with_line(control.channel_, [&](Line& line) {
    line.mode = mode;
    line.btr0 = btr0;
    line.btr1 = btr1;
  });
  set_rate(control.channel_, btr0, btr1);
  set_setting(control.channel_, "silent", (mode & kListenOnly) != 0);
  announce(control.channel_, kReset);
  return kOk;
}

void recover(Channel& channel) {
  if (std::exchange(channel.off, false)) channel.tx_errors = channel.rx_errors = 0;
}

/// Starting ends bus off.
Result start(Control& control, bool on) {
  if (!control.initialized) return kInvalidState;
  if (on) change_channel(control.channel_, recover);
  if (on ? control.start() : control.stop()) announce(control.channel_, on ? kStarted : kStopped);
  return kOk;
}

/// Filters are set while the handle's controller isn't started.
Result change_filter(Handle handle, Bool extended, auto change) {
  return with<Control>(handle, [&](Control& control) {
    if (control.started) return kInvalidState;
    return with_line(control.channel_,
                     [&](Line& line) { return change(extended ? line.extended : line.standard); });
  });
}

/// Sends cyclic messages from a thread of its own.
class Scheduler : public Object {
 public:
  explicit Scheduler(int channel) : port_(channel, 1, 1000), thread_([this] { run(); }) {}
  ~Scheduler() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  int channel() const override { return port_.channel(); }
  bool gone() const override { return port_.gone(); }

  Result add(const CyclicMessage& message, std::uint32_t& index) {
    const std::lock_guard lock(mutex_);
    const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                   [](const auto& other) { return !other.has_value(); });
    if (slot == slots_.end()) return kBufferOverflow;
    if (message.cycle_ticks == 0) return kInvalidArg;
    *slot = Slot{message};
    index = static_cast<std::uint32_t>(slot - slots_.begin());
    return kOk;
  }

  /// `change` gets the slot of a message.
  Result change(std::uint32_t index, auto change) {
    {
      const std::lock_guard lock(mutex_);
      if (index >= slots_.size() || !slots_[index]) return kInvalidIndex;
      change(slots_[index]);
    }
    changed_.notify_all();
    return kOk;
  }

  void activate(bool on) {
    {
      const std::lock_guard lock(mutex_);
      active_ = on;
    }
    changed_.notify_all();
  }

  void reset() {
    const std::lock_guard lock(mutex_);
    active_ = false;
    slots_.fill(std::nullopt);
  }

  struct Slot {
    CyclicMessage message;
    bool running = false;
    std::uint32_t left = 0;  // 0: without end
    std::chrono::steady_clock::time_point due{};
  };

 private:
  static constexpr std::size_t kMostMessages = 16;

  void run() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
      const auto now = std::chrono::steady_clock::now();
      for (auto& slot : slots_)
        if (active_ && slot && slot->running && slot->due <= now) send(*slot);
      changed_.wait_for(lock, std::chrono::milliseconds(1));
    }
  }

  void send(Slot& slot) {
    const bool started = with_line(channel(), [](const Line& line) { return line.started > 0; });
    if (!started) return;
    port_.send(frame_of(slot.message.id, slot.message.info, slot.message.data));
    slot.due += std::chrono::milliseconds(slot.message.cycle_ticks);
    if (slot.message.increment_mode == 1 && slot.message.byte_index < 8)
      ++slot.message.data[slot.message.byte_index];
    if (slot.left > 0) slot.running = --slot.left > 0;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::optional<Slot>, kMostMessages> slots_;
  bool active_ = false, ended_ = false;
  Port port_;
  std::thread thread_;  // the last: it uses what stands above
};

}  // namespace
}  // namespace can::stand_in::ixxat

namespace {
using namespace can::stand_in;
using namespace can::stand_in::ixxat;
}  // namespace

/// `set CHANNEL exclusive 1`: a second control of a line is refused.
STAND_IN_EXPORT Result VCI_CALL canControlOpen(Handle device, std::uint32_t line, Handle* handle) {
  STAND_IN_CALL(Result);
  return open_on_line(device, line, handle, [](int channel) -> std::shared_ptr<Object> {
    const int started = with_line(channel, [](const Line& there) { return there.started; });
    if (started > 0 && setting(channel, "exclusive", 0)) return nullptr;
    return std::make_shared<Control>(channel);
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlClose(Handle handle) {
  STAND_IN_CALL(Result);
  return find_as<Control>(handle) ? release(handle) : kInvHandle;
}

STAND_IN_EXPORT Result VCI_CALL canControlGetCaps(Handle handle, Capabilities* caps) {
  STAND_IN_CALL(Result);
  return with<Control>(handle, [&](Control&) {
    *caps = capabilities();
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlGetStatus(Handle handle, LineStatus* status) {
  STAND_IN_CALL(Result);
  return with<Control>(handle, [&](Control& control) {
    *status = line_status(control.channel_);
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlInitialize(Handle handle, std::uint8_t mode,
                                                     std::uint8_t btr0, std::uint8_t btr1) {
  STAND_IN_CALL(Result);
  return with<Control>(handle,
                       [&](Control& control) { return initialize(control, mode, btr0, btr1); });
}

STAND_IN_EXPORT Result VCI_CALL canControlReset(Handle handle) {
  STAND_IN_CALL(Result);
  return with<Control>(handle, [](Control& control) {
    control.stop();
    with_line(control.channel_, [](Line& line) { line.standard = line.extended = {}; });
    announce(control.channel_, kReset);
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlStart(Handle handle, Bool on) {
  STAND_IN_CALL(Result);
  return with<Control>(handle, [&](Control& control) { return start(control, on != 0); });
}

STAND_IN_EXPORT Result VCI_CALL canControlSetAccFilter(Handle handle, Bool extended,
                                                       std::uint32_t code, std::uint32_t mask) {
  STAND_IN_CALL(Result);
  return change_filter(handle, extended, [&](Acceptance& acceptance) {
    acceptance.filter = {code, mask};
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlAddFilterIds(Handle handle, Bool extended,
                                                       std::uint32_t code, std::uint32_t mask) {
  STAND_IN_CALL(Result);
  return change_filter(handle, extended, [&](Acceptance& acceptance) {
    if (acceptance.ids.size() >= Acceptance::kMostIds) return kBufferOverflow;
    acceptance.ids.emplace_back(code, mask);
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canControlRemFilterIds(Handle handle, Bool extended,
                                                       std::uint32_t code, std::uint32_t mask) {
  STAND_IN_CALL(Result);
  return change_filter(handle, extended, [&](Acceptance& acceptance) {
    std::erase(acceptance.ids, Acceptance::Entry(code, mask));
    return kOk;
  });
}

/// `set CHANNEL detected INDEX`: which of the rates it finds; -1: none.
STAND_IN_EXPORT Result VCI_CALL canControlDetectBitrate(Handle handle, std::uint16_t /*ms*/,
                                                        std::uint32_t count, std::uint8_t* /*btr0*/,
                                                        std::uint8_t* /*btr1*/,
                                                        std::int32_t* index) {
  STAND_IN_CALL(Result);
  return with<Control>(handle, [&](Control& control) {
    *index = static_cast<std::int32_t>(setting(control.channel_, "detected", -1));
    return *index < static_cast<std::int32_t>(count) ? kOk : kInvalidArg;
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerOpen(Handle device, std::uint32_t line,
                                                 Handle* handle) {
  STAND_IN_CALL(Result);
  return open_on_line(device, line, handle, [](int channel) -> std::shared_ptr<Object> {
    return std::make_shared<Scheduler>(channel);
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerClose(Handle handle) {
  STAND_IN_CALL(Result);
  return find_as<Scheduler>(handle) ? release(handle) : kInvHandle;
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerGetCaps(Handle handle, Capabilities* caps) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [&](Scheduler&) {
    *caps = capabilities();
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerActivate(Handle handle, Bool on) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [&](Scheduler& scheduler) {
    scheduler.activate(on != 0);
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerReset(Handle handle) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [](Scheduler& scheduler) {
    scheduler.reset();
    return kOk;
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerAddMessage(Handle handle, const CyclicMessage* message,
                                                       std::uint32_t* index) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle,
                         [&](Scheduler& scheduler) { return scheduler.add(*message, *index); });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerRemMessage(Handle handle, std::uint32_t index) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [&](Scheduler& scheduler) {
    return scheduler.change(index, [](auto& slot) { slot.reset(); });
  });
}

/// `count` 0: without end.
STAND_IN_EXPORT Result VCI_CALL canSchedulerStartMessage(Handle handle, std::uint32_t index,
                                                         std::uint16_t count) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [&](Scheduler& scheduler) {
    return scheduler.change(index, [&](auto& slot) {
      slot->running = true;
      slot->left = count;
      slot->due = std::chrono::steady_clock::now();
    });
  });
}

STAND_IN_EXPORT Result VCI_CALL canSchedulerStopMessage(Handle handle, std::uint32_t index) {
  STAND_IN_CALL(Result);
  return with<Scheduler>(handle, [&](Scheduler& scheduler) {
    return scheduler.change(index, [](auto& slot) { slot->running = false; });
  });
}
