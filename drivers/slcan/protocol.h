// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>

#include "drivers/slcan/codec.h"
#include "drivers/slcan/dialogue.h"
#include "drivers/support/device_clock.h"
#include "drivers/support/serial_protocol.h"

namespace can::slcan {

/// Whether the adapter answers each command with CR or BELL.
enum class Answers { find_out, yes, no };

struct Config {
  std::string bitrate_command;                  ///< "S6", "s0014"; empty: as it is
  std::string data_bitrate_command;             ///< "Y2"; empty: as it is
  std::string bitrate_text;                     ///< for people: "500000 bit/s"
  std::uint32_t bitrate = 0, data_bitrate = 0;  ///< bit/s; 0: unknown
  bool listen_only = false;
  bool device_timestamps = false;
  bool receive_own = false;
  Answers answers = Answers::find_out;
  std::chrono::nanoseconds status_every{};  ///< 0: never
  Filters filters{};
};

/// Messages and requests whose answers are still to come, in order.
class Unanswered {
 public:
  static constexpr std::size_t kCapacity = 8;
  static constexpr std::size_t kMaxBytes = 100;  ///< adapters have small input buffers

  struct Entry {
    bool is_status = false;
    SerialProtocol::Clock::time_point deadline{};
    std::size_t bytes = 0;
    Message message{};
  };

  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == kCapacity || bytes_ >= kMaxBytes; }
  std::size_t size() const { return count_; }
  Entry& front() { return entries_[first_]; }
  const Entry& front() const { return entries_[first_]; }
  Entry& add(std::size_t bytes);
  void pop();

 private:
  std::array<Entry, kCapacity> entries_;
  std::size_t first_ = 0, count_ = 0, bytes_ = 0;
};

/// LAWICEL's protocol from the side of the host.
class Protocol final : public SerialProtocol {
 public:
  explicit Protocol(Config config) : config_(std::move(config)) {}

  void open(SerialLine& line, Decoded& out) override;
  void close(SerialLine& line) override;
  std::size_t decode(std::span<const std::uint8_t> bytes, std::chrono::nanoseconds arrival,
                     Decoded& out) override;
  const char* why_unsendable(const Message& message) const override;
  bool has_room() const override { return !answers_ || !unanswered_.full(); }
  bool encode(const Message& message, std::vector<std::uint8_t>& out) override;
  bool is_settled() const override { return unanswered_.empty(); }
  std::chrono::nanoseconds do_due(std::chrono::nanoseconds now, SerialLine& line,
                                  Decoded& out) override;
  bool set_filters(std::span<const Filter> filters) override;
  std::string details() const override;
  BusState state() const override { return state_; }

 private:
  void start_anew(Decoded& out);
  void find_adapter(Dialogue& dialogue);
  bool look_for_answers(Dialogue& dialogue);
  void read_serial_number(Dialogue& dialogue);
  void set_up(Dialogue& dialogue, Decoded& out);
  void set_acceptance(Dialogue& dialogue);
  void require(Dialogue& dialogue, const std::string& command, std::string_view purpose);
  bool try_command(Dialogue& dialogue, std::string_view command);
  bool is_lawicel() const;

  void take(const Line& line, std::chrono::nanoseconds arrival, Decoded& out);
  void take_text(std::string_view text, std::chrono::nanoseconds arrival, Decoded& out);
  void take_status(std::uint8_t flags, std::chrono::nanoseconds arrival, Decoded& out);
  void take_error(Message error, std::chrono::nanoseconds arrival, Decoded& out);
  void confirm(std::chrono::nanoseconds arrival, Decoded& out);
  void refuse(Decoded& out);
  void give_up_answers(Decoded& out);
  void fail_first(std::string_view reason, Decoded& out);

  Config config_;
  bool answers_ = true;
  bool has_clock_ = false;
  bool asks_status_ = false;   // now and then
  bool status_asked_ = false;  // and not yet answered
  std::string version_, serial_number_;
  Acceptance acceptance_;
  DeviceClock clock_{std::chrono::minutes(1)};

  bool skipping_ = false;  // a line that is too long, up to its end
  Unanswered unanswered_;
  Clock::time_point next_status_{};
  std::uint8_t status_ = 0;
  BusState state_{};
};

}  // namespace can::slcan
