// SPDX-License-Identifier: MIT
#include "drivers/neovi/device.h"

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <thread>
#include <utility>

#include "drivers/neovi/frame.h"
#include "drivers/neovi/networks.h"
#include "drivers/neovi/options.h"
#include "libcan/model/fail.h"
#include "libcan/platform/descriptor.h"

namespace can::neovi {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kWait = 10ms;
constexpr auto kPeriod = 24h * 36'500;  // the clock doesn't wrap in a lifetime

/// Two programs that open devices at a time disturb each other: the lock is python-can's, too.
class OpeningLock {
 public:
  OpeningLock() : file_(open_file()) {
    for (int round = 0; file_ && round < 100; ++round) {
      if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
      std::this_thread::sleep_for(50ms);
    }
  }

 private:
  static int open_file() {
    std::error_code error;
    const auto folder = std::filesystem::temp_directory_path(error);
    return ::open((folder / "neovi.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  }

  const Descriptor file_;
};

bool is_free(const NeoDevice& device) {
  return device.max_clients <= 0 || device.clients < device.max_clients;
}

bool has_serial(const NeoDevice& device, const std::string& serial) {
  return serial.empty() || serial == serial_text(device.serial) ||
         serial == std::to_string(device.serial);
}

/// Better one that nobody uses: most serve one program.
NeoDeviceEx find(const Library& library, const Config& config) {
  auto all = library.find(config.types);
  if (all.empty()) fail(Errc::not_found, "no device is plugged in");
  std::erase_if(all, [&](const NeoDeviceEx& e) { return !has_serial(e.device, config.serial); });
  for (const NeoDeviceEx& each : all)
    if (is_free(each.device)) return each;
  if (!all.empty()) return all.front();
  fail(Errc::not_found,
       "no device has the serial number {}; --list-interfaces shows those there are",
       quote(config.serial));
}

void* open(const Library& library, NeoDeviceEx& device) {
  if (void* handle = library.open(device)) return handle;
  fail(Errc::io, "can't open {}: {}", describe(device.device),
       is_free(device.device) ? library.words_of(library.error_of(nullptr))
                              : "another program uses it");
}

}  // namespace

Config make_config(const BusConfig& bus) {
  return {.network = parse_network(bus.channel),
          .serial = std::string(text_of(bus.options, kSerial)),
          .types = static_cast<std::uint32_t>(number_of(bus.options, kTypeFilter)),
          .fd = bus.fd.value_or(bus.data_bitrate != 0),
          .receive_own = bus.receive_own_messages,
          .host_times = flag_of(bus.options, kSystemTime),
          .bitrate = bus.bitrate,
          .data_bitrate = bus.data_bitrate};
}

OpenDevice::OpenDevice(const Library& library, const Config& config)
    : library_(library), found_{}, handle_([&] {
        const OpeningLock lock;
        found_ = find(library, config);
        return neovi::open(library, found_);
      }()) {}

OpenDevice::~OpenDevice() {
  int errors = 0;
  library_.close_port(handle_, &errors);
  if (library_.free_object) library_.free_object(handle_);
}

NeoNetwork::NeoNetwork(std::shared_ptr<const Library> library, const Config& config)
    : library_(std::move(library)),
      config_(config),
      open_(*library_, config),
      spies_(kMaxMessages),
      clock_(kPeriod),
      state_{.bitrate = config.bitrate, .data_bitrate = config.data_bitrate} {
  set_bitrates();
}

void NeoNetwork::set_bitrates() {
  if (config_.bitrate != 0) {
    if (!library_->set_bitrate) fail(Errc::unsupported, "the library can't set bit rates");
    check(library_->set_bitrate(open_.handle(), static_cast<int>(config_.bitrate), config_.network),
          fmt::format("set {} bit/s", config_.bitrate));
  }
  if (config_.data_bitrate == 0) return;
  if (!library_->set_fd_bitrate) fail(Errc::unsupported, "the library can't set data bit rates");
  check(library_->set_fd_bitrate(open_.handle(), static_cast<int>(config_.data_bitrate),
                                 config_.network),
        fmt::format("set {} bit/s for the data phase", config_.data_bitrate));
}

void NeoNetwork::check(int done, std::string_view what) const {
  if (done != 1)
    fail(Errc::io, "can't {}: {}", what, library_->words_of(library_->error_of(open_.handle())));
}

// Receiving ------------------------------------------------------------------------------------

nanoseconds NeoNetwork::longest_wait() const { return library_->wait_for_messages ? kWait : 1ms; }

void NeoNetwork::wait(nanoseconds limit) {
  if (!library_->wait_for_messages) return PolledDevice::wait(limit);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const int found =
      library_->wait_for_messages(open_.handle(), static_cast<unsigned>(milliseconds));
  if (found < 0) PolledDevice::wait(1ms);  // read() finds out why
}

void NeoNetwork::read(Received& out) {
  int count = 0, errors = 0;
  check(library_->get_messages(open_.handle(), spies_.data(), &count, &errors), "receive");
  for (int i = 0; i < count; ++i) take(spies_[static_cast<std::size_t>(i)], out);
}

/// A device gives the messages of all its networks, and reports on those that are sent.
void NeoNetwork::take(SpyMessage& spy, Received& out) {
  if ((spy.status & kInputOverflow) != 0) ++out.dropped;  // the library doesn't say how many
  if (network_of(spy) != config_.network) return;
  const bool own = (spy.status & kTransmitted) != 0;
  if (own && (!config_.receive_own || is_error(spy))) return;
  Message& message = out.messages.emplace_back();
  decode(spy, message);
  message.timestamp = time_of(spy);
  if (message.fd && !config_.fd) return out.messages.pop_back();
  if (!message.error) return;
  learn(message, state_);
  out.state_changed = true;
}

nanoseconds NeoNetwork::time_of(SpyMessage& spy) {
  const auto now = host_time();
  const auto device = config_.host_times ? std::nullopt : device_time(spy);
  return device ? clock_.time_of(*device, now) : now;
}

std::optional<nanoseconds> NeoNetwork::device_time(SpyMessage& spy) const {
  double seconds = 0;
  if (library_->time_of && library_->time_of(open_.handle(), &spy, &seconds) == 1)
    return nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  if (spy.hardware_clock != kTicksOf25ns) return std::nullopt;
  return 25ns *
         static_cast<std::int64_t>(std::uint64_t{spy.hardware_time2} << 32 | spy.hardware_time);
}

// Sending --------------------------------------------------------------------------------------

std::size_t NeoNetwork::send(std::span<const Message> messages) {
  std::size_t sent = 0;
  while (sent < messages.size() && send_one(messages[sent])) ++sent;
  return sent;
}

bool NeoNetwork::send_one(const Message& message) {
  number_ = static_cast<std::int16_t>(number_ % 0x7FFF + 1);
  SpyMessage spy = encode(message, config_.network, number_);
  const int done = library_->transmit(open_.handle(), &spy, config_.network, 1);
  if (done == 1) return true;
  if (library_->error_of(open_.handle()) == kBufferFull) return false;
  check(done, fmt::format("send id {:X}", message.id));
  return true;
}

const char* NeoNetwork::why_unsendable(const Message& message) const {
  return message.error ? "a controller makes error frames by itself" : nullptr;
}

std::string NeoNetwork::details() const {
  std::string text = fmt::format("{}, network {}", describe(open_.device()), config_.network);
  if (config_.bitrate != 0) text += fmt::format(", {} bit/s", config_.bitrate);
  if (config_.data_bitrate != 0)
    text += fmt::format(", CAN FD with {} bit/s", config_.data_bitrate);
  return text + ", " + library_->file.file();
}

}  // namespace can::neovi
