// SPDX-License-Identifier: MIT
#include "apps/trigger_options.h"

#include "apps/values.h"
#include "libcan/flow/triggered_bus.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/signals/condition.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds time_of(const std::string& text) {
  return text.empty() ? 0ns : parse_duration(text, 1s);
}

signals::Condition condition_of(const signals::Catalog& catalog, const std::string& text) try {
  return {catalog, text};
} catch (const Error& error) {
  fail_at("--when", error);
}

}  // namespace

void add_options(CLI::App& app, TriggerOptions& options) {
  const auto add = [&](const char* name, std::string& value, const char* metavar,
                       const char* help) {
    return app.add_option(name, value, help)->type_name(metavar)->group("Signals");
  };
  add("--when", options.when, "CONDITION", "Record while this holds: 'EngineSpeed > 3000'");
  add("--before", options.before, "TIME", "With --when: and this long before")
      ->check(time_span(1s));
  add("--after", options.after, "TIME", "With --when: and this long after")->check(time_span(1s));
}

std::unique_ptr<Bus> triggered(std::unique_ptr<Bus> bus, const TriggerOptions& options,
                               const signals::Catalog* catalog, std::size_t most) {
  if (options.when.empty()) {
    if (!options.before.empty() || !options.after.empty())
      fail(Errc::invalid, "{}: expected --when CONDITION",
           options.before.empty() ? "--after" : "--before");
    return bus;
  }
  if (!catalog) fail(Errc::invalid, "--when: expected --dbc FILE, which defines the signals");
  const auto condition = std::make_shared<signals::Condition>(condition_of(*catalog, options.when));
  const TriggeredBus::Window window = {time_of(options.before), time_of(options.after), most};
  return std::make_unique<TriggeredBus>(
      std::move(bus), [condition](const Message& m) { return condition->add(m); }, window);
}

}  // namespace can::cli
