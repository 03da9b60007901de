// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cansuite/interfaces.h"
#include "drivers/support/message_queue.h"
#include "drivers/support/serial_line.h"
#include "drivers/support/serial_options.h"
#include "drivers/support/serial_protocol.h"
#include "libcan/model/fail.h"

namespace can {

/// How a bus on a serial line is opened.
struct SerialBusOptions {
  std::string_view interface;  ///< "slcan"
  std::string channel;         ///< as the user wrote it
  SerialAddress address;
  bool fd = false;
  bool receive_own = false;  ///< of a protocol without answers: what encode() says is sent
  bool reconnect = false;    ///< survive the loss of the device
  bool wait = false;         ///< even one that isn't there at first
};

/// The options, and serial_options::* of `config`, of a protocol without CAN FD. `baudrate`: the
/// interface's option of that name. Throws Errc::invalid.
SerialBusOptions serial_bus_options(std::string_view interface, const BusConfig& config,
                                    const Option& baudrate = serial_options::kBaudrate);

/// Driver::detect of interfaces on a serial line.
std::vector<Detected> detect_serial();

/// A bus on a serial line, whatever the adapter speaks. A thread of its own reads the line, answers
/// what the protocol has to answer, and opens the line again after the device was lost; senders
/// write themselves.
class SerialBus final : public Bus {
 public:
  /// Opens the line and the adapter. Throws what these throw, without a name in front.
  SerialBus(SerialBusOptions options, std::unique_ptr<SerialProtocol> protocol);
  ~SerialBus() override;

  int descriptor() const override { return queue_.descriptor(); }
  std::string name() const override;
  std::string details() const override;
  BusCounters counters() const override;
  BusState state() const override;
  void flush() override;

 protected:
  std::size_t receive_any(std::span<Message> out, std::chrono::nanoseconds timeout) override;
  std::size_t send_some(std::span<const Message> messages) override;
  void wait_for_room(std::chrono::nanoseconds limit) override;
  std::string_view blocked_reason() const override;
  bool filter_in_device(std::span<const Filter> filters) override;

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<SerialLine> open_line(std::chrono::nanoseconds limit);
  void run(const std::stop_token& stop);
  void attend(const std::stop_token& stop);
  std::chrono::nanoseconds do_due();
  void read_line();
  void publish();
  void apply_filters(const std::stop_token& stop);
  void adopt(std::unique_ptr<SerialLine> line);
  void lose(const std::string& why);
  void reconnect(const std::stop_token& stop);
  void nap(std::chrono::nanoseconds time) const;
  void close();

  void throw_failures();
  std::size_t encode(std::span<const Message> messages);
  void count_unsent();

  const SerialBusOptions options_;
  const Channel channel_;
  const WakeUp wake_;  // of the thread
  MessageQueue queue_;

  mutable std::mutex mutex_;         // of all that follows but what is the thread's
  std::condition_variable changed_;  // an answer came, there is room, the line is lost or back
  std::unique_ptr<SerialProtocol> protocol_;
  std::unique_ptr<SerialLine> line_;  // null: lost
  Decoded decoded_;
  std::vector<std::uint8_t> bytes_;  // what is being sent
  std::vector<std::size_t> ends_;    // in bytes_: of the messages that no answer will confirm
  std::vector<Message> own_;
  std::uint64_t malformed_ = 0;
  std::uint64_t unsent_ = 0;  // not yet told
  std::string reason_;
  std::optional<Error> failure_;    // ends the bus
  std::optional<Filters> filters_;  // that the protocol hasn't got yet
  std::string details_;             // of the protocol
  BusState state_;                  // of the protocol

  // Of the thread, and so is the protocol while there is no line:
  SerialAddress address_;  // by a name that stays
  Clock::time_point lost_;
  std::string told_;  // why the device can't be opened again
  std::jthread thread_;
};

}  // namespace can
