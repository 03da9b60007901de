// SPDX-License-Identifier: MIT
#include "apps/endurance_options.h"

#include <algorithm>

#include "apps/values.h"
#include "libcan/model/duration.h"
#include "libcan/platform/storage.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMinBuffer = 1024 * 1024;

std::string complaint_of_sync(std::string& text) {
  if (text == "off" || text == "always" || time_span(1s)(text).empty()) return {};
  return "expected a time such as 500ms, off or always, got " + quote(text);
}

std::string complaint_of_buffer(std::string& text) {
  if (std::string complaint = byte_size()(text); !complaint.empty()) return complaint;
  if (parse_size(text) >= kMinBuffer && parse_size(text) <= kMinBuffer * 1024 * 1024) return {};
  return "expected a size from 1M to 1T, got " + quote(text);
}

std::string complaint_of_clock(std::string& text) {
  if (text == "wall" || text == "monotonic") return {};
  return "expected wall or monotonic, got " + quote(text);
}

}  // namespace

void add_options(CLI::App& app, EnduranceOptions& options) {
  const auto add = [&](const char* name, std::string& value, const char* help,
                       const char* metavar) {
    const std::string preset = value.empty() ? "" : " [" + value + "]";
    return app.add_option(name, value, help + preset)->type_name(metavar)->group("Recording");
  };
  add("--sync", options.sync, "Sync to the disk within a time, off or always", "TIME")
      ->check(CLI::Validator(complaint_of_sync, "", ""));
  add("--write-interval", options.write_interval, "Write in few large pieces, one a TIME", "TIME")
      ->check(time_span(1s));
  add("--buffer-size", options.buffer_size, "Memory for what waits for the disk", "SIZE")
      ->check(CLI::Validator(complaint_of_buffer, "", ""));
  add("--clock", options.clock, "Times: wall, as shown, or monotonic", "NAME")
      ->check(CLI::Validator(complaint_of_clock, "", ""));
}

std::chrono::nanoseconds sync_of(const EnduranceOptions& options) {
  if (options.sync == "off") return Storage::kNever;
  return options.sync == "always" ? 0ns : parse_duration(options.sync, 1s);
}

void apply(const EnduranceOptions& options, Recording::Options& recording) {
  if (options.write_interval.empty())
    recording.flush_every = std::min(recording.flush_every, sync_of(options) / 2);
  else if (options.sync == "always")
    fail(Errc::invalid, "--write-interval is not for --sync always");
  else
    recording.flush_every = parse_duration(options.write_interval, 1s);
  recording.buffer = parse_size(options.buffer_size) / sizeof(Message);
  recording.even_times = options.clock == "monotonic";
}

}  // namespace can::cli
