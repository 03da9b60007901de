// SPDX-License-Identifier: MIT
// Settings, and what has to be opened for a channel, in that order: device, queues, controller.
#include <algorithm>
#include <charconv>

#include "drivers/ixxat/device.h"
#include "drivers/ixxat/frame.h"
#include "drivers/ixxat/options.h"
#include "drivers/support/controllers.h"
#include "libcan/model/fail.h"

namespace can::ixxat {
namespace {

constexpr std::uint32_t kDefaultBitrate = 500'000;
constexpr std::uint32_t kAccessDenied = kErrors | 0xA;

/// Source: cantype.h, CAN_BT0_* and CAN_BT1_*.
constexpr controllers::KnownRate kRates[] = {
    {10'000, 0x311C},  {20'000, 0x181C},   {50'000, 0x091C},  {100'000, 0x041C},
    {125'000, 0x031C}, {250'000, 0x011C},  {500'000, 0x001C}, {666'666, 0x0018},
    {800'000, 0x0016}, {1'000'000, 0x0014}};

std::uint32_t parse_channel(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    fail(Errc::invalid, "expected a channel number, from 0, got {}", quote(text));
  return number;
}

std::uint16_t fifo_of(const BusConfig& bus, const Option& today, const Option& old) {
  return static_cast<std::uint16_t>(number_of(bus.options, is_set(bus.options, old) ? old : today));
}

DeviceInfo find_device(const Library& library, const std::string& hardware_id) {
  const auto all = library.find();
  for (const DeviceInfo& each : all)
    if (hardware_id.empty() || text_in(each.unique_hardware_id) == hardware_id) return each;
  if (all.empty()) fail(Errc::not_found, "no device is plugged in");
  fail(Errc::not_found, "no device has the hardware id {}; --list-interfaces shows those there are",
       quote(hardware_id));
}

Handle open_device(const Library& library, const DeviceInfo& info) {
  Handle handle = nullptr;
  check(library.device_open(&info.id, &handle), "open the device");
  return handle;
}

Handle open_queues(const Library& library, const OpenDevice& device, std::uint32_t number) {
  Handle handle = nullptr;
  check(library.channel_open(device.handle(), number, 0, &handle),
        fmt::format("open channel {}", number));
  return handle;
}

Handle open_controller(const Library& library, const OpenDevice& device, std::uint32_t number) {
  Handle handle = nullptr;
  const Result result = library.control_open(device.handle(), number, &handle);
  if (static_cast<std::uint32_t>(result) == kAccessDenied) return nullptr;
  check(result, fmt::format("open controller {}", number));
  return handle;
}

/// Filters that a list of ids can hold; the bus filters in any case.
bool are_a_list(std::span<const Filter> filters) {
  return !filters.empty() && std::ranges::none_of(filters, &Filter::inverted);
}

}  // namespace

Config make_config(const BusConfig& bus) {
  if (bus.fd.value_or(bus.data_bitrate != 0))
    fail(Errc::unsupported,
         "CAN FD needs VCI 4's other library, which this interface doesn't know");
  const std::uint32_t bitrate = bus.bitrate != 0 ? bus.bitrate : kDefaultBitrate;
  const Option& id = is_set(bus.options, kOldHardwareId) ? kOldHardwareId : kHardwareId;
  return {.number = parse_channel(bus.channel),
          .hardware_id = std::string(text_of(bus.options, id)),
          .rx_size = fifo_of(bus, kRxFifo, kOldRxFifo),
          .tx_size = fifo_of(bus, kTxFifo, kOldTxFifo),
          .extended = flag_of(bus.options, kExtendedFrames),
          .receive_own = bus.receive_own_messages,
          .bitrate = bitrate,
          .btr = controllers::choose_btr({bitrate, {}, thousandths_of(bus.options, kSamplePoint)},
                                         kRates),
          .filters = bus.filters};
}

OpenDevice::OpenDevice(const Library& library, const std::string& hardware_id)
    : library_(library),
      info_(find_device(library, hardware_id)),
      handle_(open_device(library, info_)) {}

Queues::Queues(const Library& library, const OpenDevice& device, const Config& config)
    : library_(library), handle_(open_queues(library, device, config.number)) {
  check(library.channel_initialize(handle_, config.rx_size, 1, config.tx_size, 1),
        "initialize the channel");
  check(library.channel_activate(handle_, 1), "activate the channel");
}

Controller::Controller(const Library& library, const OpenDevice& device, const Config& config)
    : library_(library), handle_(open_controller(library, device, config.number)) {
  if (is_ours()) start(config);
}

void Controller::start(const Config& config) {
  const auto mode =
      static_cast<std::uint8_t>(kStandardIds | kErrorFrames | (config.extended ? kExtendedIds : 0));
  check(library_.control_initialize(handle_, mode, static_cast<std::uint8_t>(config.btr >> 8),
                                    static_cast<std::uint8_t>(config.btr & 0xFF)),
        fmt::format("set {} bit/s", config.bitrate));
  Capabilities capabilities{};
  check(library_.control_capabilities(handle_, &capabilities), "ask for the controller's clock");
  tick_rate_ = capabilities.clock / std::max(capabilities.timestamp_divisor, 1u);
  for (const bool extended : {false, true}) accept(config.filters, extended);
  check(library_.control_start(handle_, 1), "start the controller");
}

Controller::~Controller() {
  if (!is_ours()) return;
  library_.control_start(handle_, 0);
  library_.control_reset(handle_);
  library_.control_close(handle_);
}

/// The controller has to stand meanwhile.
void Controller::set_filters(std::span<const Filter> filters) {
  if (!is_ours()) return;
  check(library_.control_start(handle_, 0), "stop the controller");
  for (const bool extended : {false, true}) accept(filters, extended);
  check(library_.control_start(handle_, 1), "start the controller");
}

void Controller::accept(std::span<const Filter> filters, bool extended) {
  if (!are_a_list(filters)) {
    library_.set_filter(handle_, extended, kAcceptAll, kAcceptAll);
    return;
  }
  library_.set_filter(handle_, extended, kAcceptNoneCode, kAcceptNoneMask);
  for (const Filter& filter : filters) {
    if (filter.extended.value_or(extended) != extended) continue;
    const auto [code, mask] = accepted_ids(filter);
    library_.add_filter(handle_, extended, code, mask);
  }
}

}  // namespace can::ixxat
