// SPDX-License-Identifier: MIT
#include "apps/collection.h"

#include <thread>

#include "apps/console.h"
#include "apps/signal_time.h"
#include "formats/registry/vehicle_store.h"
#include "libcan/fleet/collector.h"
#include "libcan/fleet/mqtt_options.h"
#include "libcan/model/duration.h"
#include "libcan/model/quantity.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

fleet::Collector::Options collector_options(const Program& program, const Collection& collection) {
  const fleet::Url url = fleet::parse_url(collection.bus.channel, fleet::Wildcards::allow);
  return {.mqtt = fleet::kBusOptions.read(url, collection.bus.options),
          .on_notice = [&program](const std::string& text) { program.warn(text); }};
}

std::string summary(const fleet::Collector& collector, fleet::BatchStore& store) {
  const auto& counters = collector.counters();
  std::string text =
      fmt::format("{}: {} batches stored, {} bytes", counted(collector.vehicles(), "vehicle"),
                  grouped(counters.stored), grouped(counters.bytes));
  if (counters.damaged > 0) text += fmt::format(", {} damaged", grouped(counters.damaged));
  if (const std::uint64_t removed = store.removed(); removed > 0)
    text += fmt::format("; {} lost so far as logs were removed", counted(removed, "message"));
  return text;
}

/// Goes on where a disk is full, and tells so once.
class PatientSteps {
 public:
  explicit PatientSteps(const Program& program) : program_(program) {}

  void step(fleet::Collector& collector) try { collector.step(100ms); } catch (const Error& error) {
    if (error.code() != Errc::io) throw;
    if (trouble_ != error.what()) program_.warn(fmt::format("{}; not acknowledged", error.what()));
    trouble_ = error.what();
    std::this_thread::sleep_for(100ms);
  }

 private:
  const Program& program_;
  std::string trouble_;
};

}  // namespace

Exit collect(const Program& program, const Collection& collection) {
  const auto options = collector_options(program, collection);  // before a folder is made
  Signals signals;
  SignalTime time(signals);
  LogOptions log = collection.log;
  log.on_notice = [&program](const std::string& text) { program.warn(text); };
  const auto store = open_store(collection.files, log, collection.format, collection.rotate_every);
  fleet::Collector collector(options, *store);
  program.say_verbose(fmt::format("storing {} in {}", collection.bus.channel, collection.files));
  Progress progress(!program.verbosity().quiet);
  PatientSteps patient(program);
  const auto start = time.now();
  while (!time.end_wanted() && time.now() - start < collection.duration) {
    patient.step(collector);
    progress.show(collector.counters().stored);
  }
  collector.finish();
  progress.clear();
  program.say(summary(collector, *store));
  return Exit::ok;
}

}  // namespace can::cli
