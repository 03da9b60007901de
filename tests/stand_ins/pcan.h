// SPDX-License-Identifier: MIT
// A channel of the stand-in for PCAN-Basic, and how the two halves of the ABI find it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/control.h"
#include "tests/stand_ins/pcan_abi.h"

namespace can::stand_in::pcan {

/// Ids that pass: the bits where `mask` is 0 are those of `code`, and the id lies in the range.
struct Acceptance {
  std::atomic<std::uint32_t> code = 0, mask = 0xFFFFFFFF, from = 0, to = 0x1FFFFFFF;
  std::atomic<bool> has_range = false;
  bool accepts(std::uint32_t id) const;
};

struct Options {
  std::atomic<bool> listen_only = false, echo = false, errors = false, status = true, remote = true,
                    receive = true;
};

struct Open {
  Open(int channel, bool fd, const Options& preset);

  const bool fd;
  std::string fd_rates;
  std::uint16_t btr = 0;
  std::uint32_t nominal = 0, data = 0;  // bit/s
  Options options;
  std::atomic<std::uint32_t> filter_state = 1;  // MESSAGE_FILTER: closed, open, custom
  Acceptance standard, extended;
  Port port;  // the last: its filter reads what stands above

 private:
  bool hears(const Frame& frame) const;
};

/// PCAN_USBBUS1 is channel 0; -1: no USB handle. Of all others nothing is attached.
int channel_of(Handle handle);
Handle handle_of(int channel);
/// The channel if it is initialized, otherwise none.
std::shared_ptr<Open> find(Handle handle);
/// Why a channel can't be used: absent, vanished, not initialized (`open` is none).
Status why_unusable(Handle handle, const Open* open);

/// Calls `use` with an initialized channel whose device is there.
template <typename Use>
Status with(Handle handle, Use use) {
  const auto open = find(handle);
  const Status status = why_unusable(handle, open.get());
  return status == kOk ? use(*open) : status;
}

/// What ALLOW_ECHO_FRAMES and LISTEN_ONLY were set to before CAN_Initialize.
Options& options_before(int channel);
/// An error state, the present one if none is given, in bits of a status; and those that the
/// command `set CHANNEL status BITS` adds.
Status bus_status(int channel, ErrorState state);
Status bus_status(int channel);

}  // namespace can::stand_in::pcan
