// SPDX-License-Identifier: MIT
#include "drivers/kvaser/device.h"

#include <array>
#include <utility>

#include "drivers/kvaser/frame.h"
#include "libcan/model/fail.h"

namespace can::kvaser {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::uint32_t kTickMicroseconds = 10;  // as python-can sets it
constexpr auto kPresetTick = 1ms;
constexpr int kFlashMilliseconds = 30'000;
constexpr std::size_t kAtOnce = 256;

/// CANLIB's times are longs: with 32 bits they wrap, with 64 not in a lifetime.
constexpr nanoseconds kPeriod =
    sizeof(unsigned long) == 4 ? nanoseconds(10us) * (std::int64_t{1} << 32) : 24h * 36'500;

Handle open(const Library& library, const Config& config) {
  return check(library.open(config.channel, config.open_flags), "open the channel");
}

}  // namespace

OpenHandle::OpenHandle(const Library& library, const Config& config)
    : library_(library), handle_(kvaser::open(library, config)) {}

OpenHandle::~OpenHandle() {
  library_.bus_off(handle_);
  library_.close(handle_);
}

KvaserChannel::KvaserChannel(std::shared_ptr<const Library> library, const Config& config)
    : library_(std::move(library)),
      config_(config),
      first_(*library_, config),
      clock_(kPeriod),
      tick_(kPresetTick) {
  if (!config.single_handle) second_ = std::make_unique<OpenHandle>(*library_, config);
  std::uint32_t scale = kTickMicroseconds;
  if (library_->control(first_, kSetTimerScale, &scale, sizeof scale) == kOk)
    tick_ = std::chrono::microseconds(kTickMicroseconds);
  set_up(first_);
  if (second_) set_up(*second_);
  set_own_messages();
  check(library_->bus_on(first_), "go on the bus");
  if (second_) check(library_->bus_on(*second_), "go on the bus");
  set_clock();
  find_descriptor();
  if (config.flash) flash(true);
}

void KvaserChannel::set_up(Handle handle) {
  const auto& [frequency, tseg1, tseg2, sjw] = config_.nominal;
  if ((config_.open_flags & kNoInitAccess) == 0)
    check(library_->set_params(handle, frequency, tseg1, tseg2, sjw, config_.samples, 0),
          fmt::format("set {} bit/s", config_.bitrate));
  if (config_.fd && (config_.open_flags & kNoInitAccess) == 0) {
    if (!library_->set_fd_params) fail(Errc::unsupported, "this CANLIB is too old for CAN FD");
    const Params& data = config_.data;
    check(library_->set_fd_params(handle, data.frequency, data.tseg1, data.tseg2, data.sjw),
          fmt::format("set {} bit/s for the data phase", config_.data_bitrate));
  }
  check(library_->set_output(handle, config_.normal ? kDriverNormal : kDriverSilent),
        config_.normal ? "take part in the bus" : "be silent");
}

/// One handle doesn't hear itself, unless CANLIB says that it sent. Of two the first hears what any
/// program of this machine sends on the channel, or nobody's.
void KvaserChannel::set_own_messages() {
  std::uint32_t wanted = config_.receive_own ? 1 : 0;
  if (!second_) {
    const Status status = library_->control(first_, kSetTxAck, &wanted, sizeof wanted);
    if (config_.receive_own) check(status, "receive the messages that are sent");
    return;
  }
  auto echo = static_cast<std::uint8_t>(wanted);
  check(library_->control(first_, kSetLocalTxEcho, &echo, sizeof echo), "set the local echo");
  // Older libraries lack it: the messages then count as received ones.
  library_->control(first_, kSetLocalTxAck, &wanted, sizeof wanted);
}

/// The clock starts with going on the bus.
void KvaserChannel::set_clock() {
  unsigned ticks = 0;
  if (library_->read_timer && library_->read_timer(first_, &ticks) == kOk)
    clock_.time_of(ticks * tick_, host_time());
}

void KvaserChannel::find_descriptor() {
  int descriptor = -1;
  if (library_->raw_handle && library_->raw_handle(first_, &descriptor) == kOk)
    descriptor_ = descriptor;
}

void KvaserChannel::read(Received& out) {
  for (std::size_t count = 0; count < kAtOnce; ++count)
    if (!read_one(out)) return;
}

bool KvaserChannel::read_one(Received& out) {
  out.messages.emplace_back();
  Message& message = out.messages.back();
  long id = 0;
  unsigned length = 0, flags = 0;
  unsigned long time = 0;
  const Status status = library_->read(first_, &id, message.data.data(), &length, &flags, &time);
  if (status < kOk) {
    out.messages.pop_back();
    if (status != kNoMessage) check(status, "receive");
    return false;
  }
  decode(id, length, flags, message);
  message.timestamp = clock_.time_of(static_cast<std::int64_t>(time) * tick_, host_time());
  if ((flags & (kHwOverrun | kSwOverrun)) != 0) ++out.dropped;  // CANLIB doesn't say how many
  if (message.error) out.state_changed = true;
  return true;
}

std::size_t KvaserChannel::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  for (const Message& message : messages) {
    std::array<std::uint8_t, 64> data = message.data;
    const Status status = library_->write(writer(), static_cast<long>(message.id), data.data(),
                                          message.length, flags_of(message));
    if (status == kTxBufferOverflow || (status < kOk && sent > 0)) break;
    check(status, fmt::format("send id {:X}", message.id));
    ++sent;
  }
  return sent;
}

const char* KvaserChannel::why_unsendable(const Message&) const {
  return config_.normal ? nullptr : "the channel is silent (driver_mode=false)";
}

bool KvaserChannel::all_sent() {
  const Status status = library_->wait_until_sent(writer(), 1);
  if (status != kTimeout) check(status, "wait until all is sent");
  return status != kTimeout;
}

std::size_t KvaserChannel::discard_unsent() {
  std::uint32_t waiting = 0;
  library_->control(writer(), kGetTxBufferLevel, &waiting, sizeof waiting);
  check(library_->control(writer(), kFlushTx, nullptr, 0), "empty the transmit queue");
  return waiting;
}

/// One filter is the device's, too. Virtual channels have none: the bus filters in any case.
void KvaserChannel::set_filters(std::span<const Filter> filters) {
  if (!library_->set_filter) return;
  const bool one = filters.size() == 1 && !filters[0].inverted;
  for (const bool extended : {false, true}) {
    const std::uint32_t ids = extended ? kExtendedIdMask : kStandardIdMask;
    const bool here = one && filters[0].extended.value_or(extended) == extended;
    library_->set_filter(first_, here ? filters[0].id & ids : 0, here ? filters[0].mask & ids : 0,
                         extended ? 1 : 0);
  }
}

BusState KvaserChannel::state() {
  BusState state = {.bitrate = config_.bitrate, .data_bitrate = config_.data_bitrate};
  unsigned long bits = 0;
  check(library_->read_status(first_, &bits), "read the state");
  state.controller = (bits & kBusOff) != 0         ? ControllerState::bus_off
                     : (bits & kErrorPassive) != 0 ? ControllerState::error_passive
                     : (bits & kErrorWarning) != 0 ? ControllerState::error_warning
                     : (bits & kErrorActive) != 0  ? ControllerState::error_active
                                                   : ControllerState::unknown;
  unsigned tx = 0, rx = 0, overruns = 0;
  if (library_->read_error_counters &&
      library_->read_error_counters(first_, &tx, &rx, &overruns) == kOk) {
    state.tx_errors = static_cast<std::uint16_t>(tx);
    state.rx_errors = static_cast<std::uint16_t>(rx);
  }
  return state;
}

std::string KvaserChannel::details() const {
  std::string text = describe(*library_, config_.channel);
  if (!text.empty()) text += ", ";
  text += fmt::format("{} bit/s", config_.bitrate);
  if (config_.fd) text += fmt::format(", CAN FD with {} bit/s", config_.data_bitrate);
  if (!config_.normal) text += ", silent";
  return text + ", " + library_->description();
}

void KvaserChannel::flash(bool on) {
  if (!library_->flash_leds) fail(Errc::unsupported, "this CANLIB is too old to flash LEDs");
  const Status status = library_->flash_leds(first_, on ? kLedsOn : kLedsOff, kFlashMilliseconds);
  if (status == kNotImplemented || status == kNotSupported)
    fail(Errc::unsupported, "can't flash the LEDs: {}", words_of(status));
  check(status, "flash the LEDs");
}

std::string describe(const Library& library, int channel) {
  char description[80] = "";
  std::uint64_t serial = 0;
  std::uint32_t number = 0;
  if (library.channel_data(channel, kDescription, description, sizeof description) != kOk)
    return {};
  library.channel_data(channel, kCardSerial, &serial, sizeof serial);
  library.channel_data(channel, kChannelOnCard, &number, sizeof number);
  description[sizeof description - 1] = '\0';
  return fmt::format("{}, S/N {} (#{})", static_cast<const char*>(description), serial, number + 1);
}

}  // namespace can::kvaser
