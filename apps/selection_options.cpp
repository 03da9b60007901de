// SPDX-License-Identifier: MIT
#include "apps/selection_options.h"

#include "libcan/model/fail.h"

namespace can::cli {

void add_options(CLI::App& app, SelectionOptions& options, const char* channel) {
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)->type_name(metavar)->group("Selection");
  };
  const auto repeat = [](CLI::Option* option) {
    option->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  };
  repeat(
      add("--filter", options.filters, "F,F...", "Only ID:MASK, not ID~MASK; standard; extended"));
  repeat(add(channel, options.channels, "NAME", "Only this channel of the log; may be repeated"));
  add("--only", options.only, "K,K...", "Only these kinds: data, fd, remote, error");
  add("--start", options.start, "TIME", "Only from here: 5s since the start, @EPOCH");
  add("--end", options.end, "TIME", "Only before this");
}

Selection selection_of(const SelectionOptions& options) {
  Selection selection{.filters = parse_filters(options.filters), .start = {}, .end = {}};
  for (const std::string& channel : options.channels) selection.channels.emplace_back(channel);
  if (!options.only.empty()) selection.kinds = parse_kinds(options.only);
  if (!options.start.empty()) selection.start = parse_log_time(options.start);
  if (!options.end.empty()) selection.end = parse_log_time(options.end);
  const LogTime start = selection.start.value_or(LogTime{});
  if (selection.end && selection.end->since_epoch == start.since_epoch &&
      selection.end->time <= start.time)
    fail(Errc::invalid, "--end: expected a time after {}, got {}",
         options.start.empty() ? "the start" : quote(options.start), quote(options.end));
  return selection;
}

}  // namespace can::cli
