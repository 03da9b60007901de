// SPDX-License-Identifier: MIT
#include "drivers/nican/device.h"

#include <algorithm>
#include <utility>

#include "drivers/nican/frame.h"
#include "drivers/nican/options.h"
#include "drivers/support/controllers.h"
#include "libcan/model/fail.h"

namespace can::nican {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr std::size_t kAtOnce = 256;
constexpr std::uint32_t kQueueLength = 8192;  // messages; NI-CAN's own is short
constexpr std::uint32_t kUnknown = UINT32_MAX;

std::uint32_t number_of(Status status) { return static_cast<std::uint32_t>(status) & 0xFFF; }

bool means_lost(Status status) {
  const std::uint32_t number = number_of(status);
  return status != 0 && (number == 0x028 || number == 0x048 || number == 0x068);
}

/// An error on the bus, which the device survives.
bool means_bus_error(Status status) {
  constexpr std::uint32_t kNumbers[] = {0x00B, 0x02B, 0x04B, 0x06B, 0x08B, 0x0AB, 0x0CB};
  return status != 0 && std::ranges::find(kNumbers, number_of(status)) != std::end(kNumbers);
}

/// One filter is NI-CAN's, too: with several, its last would be the only one.
void add_filter(const Filters& filters, std::vector<Attribute>& out) {
  const bool one = filters.size() == 1 && !filters[0].inverted;
  for (const bool extended : {false, true}) {
    const std::uint32_t ids = extended ? kExtendedIdMask : kStandardIdMask;
    const bool here = one && filters[0].extended.value_or(extended) == extended;
    const std::uint32_t kind = here && extended ? kExtendedId : 0;
    out.push_back({extended ? kComparatorExtended : kComparatorStandard,
                   here ? (filters[0].id & ids) | kind : 0});
    out.push_back({extended ? kMaskExtended : kMaskStandard, here ? filters[0].mask & ids : 0});
  }
}

Handle open(const Library& library, const Config& config) {
  std::vector<std::uint32_t> ids, values;
  for (const auto& [id, value] : attributes_of(config)) {
    ids.push_back(id);
    values.push_back(value);
  }
  std::string name = config.channel;
  library.check(library.configure(name.data(), static_cast<std::uint32_t>(ids.size()), ids.data(),
                                  values.data()),
                "configure the channel", "ncConfig");
  Handle handle = 0;
  library.check(library.open(name.data(), &handle), "open the channel", "ncOpenObject");
  return handle;
}

}  // namespace

Config make_config(const BusConfig& bus) {
  if (bus.fd.value_or(bus.data_bitrate != 0))
    fail(Errc::unsupported, "the interface has no CAN FD");
  const std::uint32_t sample_point = thousandths_of(bus.options, kSamplePoint);
  if (sample_point != 0 && bus.bitrate == 0)
    fail(Errc::invalid, "option 'sample_point' needs a bit rate");
  const std::uint32_t registers =
      sample_point == 0 ? 0 : controllers::choose_btr({bus.bitrate, {}, sample_point}, {});
  return {.channel = bus.channel,
          .log_errors = flag_of(bus.options, kLogErrorFrames),
          .bitrate = bus.bitrate,
          .baud_rate = registers != 0 ? kBtrFollows | registers : bus.bitrate,
          .filters = bus.filters};
}

std::vector<Attribute> attributes_of(const Config& config) {
  std::vector<Attribute> all = {{kStartOnOpen, 1}, {kLogErrors, config.log_errors ? 1u : 0u}};
  add_filter(config.filters, all);
  all.push_back({kReadQueueLength, kQueueLength});
  if (config.baud_rate != 0) all.push_back({kBaudRate, config.baud_rate});
  return all;
}

OpenObject::OpenObject(const Library& library, const Config& config)
    : library_(library), handle_(nican::open(library, config)) {}

NiChannel::NiChannel(std::shared_ptr<const Library> library, Config config)
    : library_(std::move(library)),
      config_(std::move(config)),
      object_(std::make_unique<OpenObject>(*library_, config_)) {}

// Receiving ------------------------------------------------------------------------------------

void NiChannel::wait(nanoseconds limit) {
  std::uint32_t state = 0;
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const Status status =
      library_->wait(*object_, kReadAvailable, static_cast<std::uint32_t>(milliseconds), &state);
  if (status < 0 && status != kTimeout) PolledDevice::wait(1ms);  // read() finds out why
}

void NiChannel::read(can::Received& out) {
  for (std::size_t count = 0; count < kAtOnce; ++count)
    if (!read_one(out)) return;
}

bool NiChannel::read_one(can::Received& out) {
  std::uint32_t state = 0;
  const Status waited = library_->wait(*object_, kReadAvailable, 0, &state);
  if (waited == kTimeout || take_error(waited, "ncWaitForState", out)) return false;
  Received received{};
  if (take_error(library_->read(*object_, sizeof received, &received), "ncRead", out)) return false;
  Message& message = out.messages.emplace_back();
  if (!decode(received, host_time(), message))
    out.messages.pop_back();
  else if (message.error)
    out.state_changed = true;
  return true;
}

/// True where there is nothing to take.
bool NiChannel::take_error(Status status, std::string_view function, can::Received& out) const {
  if (means_lost(status)) ++out.dropped;  // NI-CAN doesn't say how many
  if (means_bus_error(status)) out.state_changed = true;
  if (status >= 0) return false;
  if (!means_lost(status) && !means_bus_error(status)) library_->check(status, "receive", function);
  return true;
}

// Sending --------------------------------------------------------------------------------------

std::size_t NiChannel::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  for (const Message& message : messages) {
    Frame frame = encode(message);
    const Status status = library_->write(*object_, sizeof frame, &frame);
    if (status == kWriteOverflow || (status < 0 && sent > 0)) break;
    library_->check(status, fmt::format("send id {:X}", message.id), "ncWrite");
    ++sent;
  }
  return sent;
}

const char* NiChannel::why_unsendable(const Message& message) const {
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

bool NiChannel::all_sent() { return get(kPending, 0) == 0; }

/// NI-CAN empties both queues: what was received and not yet read is lost, too.
std::size_t NiChannel::discard_unsent() {
  const std::uint32_t waiting = get(kPending, 0);
  library_->check(library_->act(*object_, kReset, 0), "empty the queues", "ncAction");
  return waiting;
}

// The rest -------------------------------------------------------------------------------------

/// A filter is set where a channel is opened.
void NiChannel::set_filters(std::span<const Filter> filters) {
  if (std::ranges::equal(filters, config_.filters)) return;
  config_.filters.assign(filters.begin(), filters.end());
  object_.reset();
  object_ = std::make_unique<OpenObject>(*library_, config_);
}

std::uint32_t NiChannel::get(std::uint32_t attribute, std::uint32_t otherwise) const {
  std::uint32_t value = 0;
  if (!library_->get_attribute ||
      library_->get_attribute(*object_, attribute, sizeof value, &value) < 0)
    return otherwise;
  return value;
}

BusState NiChannel::state() {
  BusState state = {.bitrate = config_.bitrate};
  const std::uint32_t tx = get(kTxErrors, kUnknown), rx = get(kRxErrors, kUnknown);
  if (tx == kUnknown || rx == kUnknown) return state;
  state.tx_errors = static_cast<std::uint16_t>(tx);
  state.rx_errors = static_cast<std::uint16_t>(rx);
  const std::uint32_t more = std::max(tx, rx);
  state.controller = tx > 255      ? ControllerState::bus_off
                     : more >= 128 ? ControllerState::error_passive
                     : more >= 96  ? ControllerState::error_warning
                                   : ControllerState::error_active;
  return state;
}

std::string NiChannel::details() const {
  const std::string rate = config_.bitrate != 0 ? fmt::format("{} bit/s, ", config_.bitrate) : "";
  return rate + library_->file.file();
}

}  // namespace can::nican
