// SPDX-License-Identifier: MIT
// The in-process CAN bus behind the stand-ins for vendors' libraries.
//
// A port is one open handle of a library. Each channel lies on a wire, by default one of its own
// number; ports hear what other ports on the same wire send, in this process and in the others of
// the same group (group.h). Everything here may be called from any thread.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace can::stand_in {

/// What a library is called in its group, and what it has before a command says otherwise.
struct Identity {
  const char* name;
  int devices;    // channels that are there
  int wire = -1;  // the wire of all channels; -1: each has its own
};

/// Defined by each library.
const Identity& identity();

enum class Kind : std::uint8_t { kData, kRemote, kError, kStatus };
enum class ErrorState : std::uint8_t { kActive, kWarning, kPassive, kOff };
enum class BusError : std::uint8_t { kOther, kBit0, kBit1, kStuff, kForm, kCrc, kAck };

/// Plain bytes: processes of one group exchange frames as they lie in memory.
struct Frame {
  std::uint32_t id = 0;
  Kind kind = Kind::kData;
  BusError error = BusError::kOther;       // of an error frame
  ErrorState state = ErrorState::kActive;  // of a status: what the channel's state became
  bool extended = false, fd = false, brs = false, esi = false;
  bool own = false;    // sent by the port that receives the frame
  bool local = false;  // sent through the channel that the port is open on
  std::uint8_t length = 0;
  std::int32_t channel = 0;  // the sender's
  std::uint64_t sender = 0;
  std::uint32_t network = 0;  // of devices with several
  std::uint64_t tag = 0;      // the sender's own word, for its echo
  std::int64_t time_ns = 0;   // of the receiver's clock, see now_ns()
  std::array<std::uint8_t, 64> data{};
};

/// What commands and the library's user have set on a channel.
struct Channel {
  bool gone = false, off = false, full = false, held = false;
  int losses = 0;  // how often the device vanished
  unsigned tx_errors = 0, rx_errors = 0;
  int wire = 0;
  std::map<std::string, long long> settings;
  std::deque<Frame> waiting;  // to be sent, while the channel is held or off
};

ErrorState error_state(const Channel& channel);

/// kOff: the frame waits until the bus is on again.
enum class Sent { kOk, kFull, kOff, kGone };

/// Nanoseconds since the Unix epoch, by a clock that only the command `clock` makes jump.
std::int64_t now_ns();
void advance_clock(std::int64_t ns);

class Port {
 public:
  using Filter = std::function<bool(const Frame&)>;
  static constexpr std::uint32_t kForever = 0xFFFFFFFF;  // ms

  /// Deaf until listen(true). `capacity` bounds the frames received, `tx_capacity` those that wait.
  Port(int channel, std::size_t capacity, std::size_t tx_capacity);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  int channel() const { return channel_; }
  /// Whether the device vanished since the port was made; that it returned doesn't help.
  bool gone() const;
  void listen(bool on);
  void set_capacity(std::size_t capacity);
  /// Which frames are kept, own ones and status among them; called with the bus locked.
  void set_filter(Filter filter);

  Sent send(const Frame& frame);
  /// To this port alone, as a frame of its own.
  void reflect(Frame frame);
  std::optional<Frame> take();
  std::size_t pending() const;
  std::size_t waiting() const;
  /// Whether frames were lost since the last call.
  bool take_overrun();
  bool overrun() const;
  unsigned long overruns() const;

  /// Until a frame is there or the device vanishes; says whether a frame is there.
  bool wait(std::uint32_t ms);
  /// Until all frames of the channel are on the wire; says whether they are.
  bool wait_sent(std::uint32_t ms);
  void clear_received();
  void clear_waiting();

  /// An eventfd, readable while a frame is there or the device is gone; -1 on Windows.
  int descriptor() const { return descriptor_; }

 private:
  friend class Bus;
  bool is_gone() const;  // with the bus locked
  void push(const Frame& frame);
  void lose();
  void signal();

  const int channel_;
  const std::uint64_t id_;
  int descriptor_ = -1;
  std::size_t capacity_;
  const std::size_t tx_capacity_;
  const int losses_;
  bool listening_ = false, overrun_ = false, signaled_ = false;
  unsigned long overruns_ = 0;
  Filter filter_;
  std::deque<Frame> received_;
  mutable std::condition_variable changed_;
};

/// A copy of a channel's state; a channel that nobody named yet is made.
Channel channel_state(int channel);
/// Changes a channel's state, tells its ports when its error state or its presence changes, and
/// sends what no longer has to wait.
void change_channel(int channel, const std::function<void(Channel&)>& change);

long long setting(int channel, const std::string& name, long long preset);
void set_setting(int channel, const std::string& name, long long value);
int open_ports(int channel);

int device_count();
void set_device_count(int count);
/// Whether a channel is there: below the count of devices, and not gone.
bool present(int channel);

/// Loses a frame in each port of a channel.
void lose_frame(int channel);
/// Puts an error frame on the wire of a channel.
void disturb(int channel, BusError error);
/// Delivers what another process sent.
void deliver_from_group(const Frame& frame);

/// Milliseconds to a deadline; none for kForever.
std::optional<std::chrono::steady_clock::time_point> deadline(std::uint32_t ms);

}  // namespace can::stand_in
