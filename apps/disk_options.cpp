// SPDX-License-Identifier: MIT
#include "apps/disk_options.h"

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

}  // namespace

void add_options(CLI::App& app, DiskOptions& options) {
  app.add_option("--sync", options.sync,
                 "Sync to the disk within a time, off or always [" + options.sync + "]")
      ->type_name("TIME")
      ->group("Recording")
      ->check(CLI::Validator(complaint_of_sync, "", ""));
  app.add_option("--buffer-size", options.buffer_size,
                 "Memory for what waits for the disk [" + options.buffer_size + "]")
      ->type_name("SIZE")
      ->group("Recording")
      ->check(CLI::Validator(complaint_of_buffer, "", ""));
}

std::chrono::nanoseconds sync_of(const DiskOptions& options) {
  if (options.sync == "off") return Storage::kNever;
  return options.sync == "always" ? 0ns : parse_duration(options.sync, 1s);
}

void apply(const DiskOptions& options, Recording::Options& recording) {
  recording.flush_every = std::min(recording.flush_every, sync_of(options) / 2);
  recording.buffer = parse_size(options.buffer_size) / sizeof(Message);
}

}  // namespace can::cli
