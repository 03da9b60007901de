// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "apps/cli.h"
#include "apps/console.h"
#include "libcan/flow/forecast.h"
#include "libcan/flow/replay.h"

namespace can::cli {

/// Prints the counts on stdout, as one line of JSON; times in ns. `unpublished`: sent messages that
/// the spool of a publication lost.
void print_as_json(const ReplayCounts& counts, std::uint64_t unpublished);

/// Prints the progress and the result of a replay on stderr.
class ReplayReport final : public ReplayListener {
 public:
  explicit ReplayReport(const Program& program);

  /// Lets the progress line, if there is one, say how much is left.
  void show_length(Forecast::Plan plan);

  void on_turn(const Pacer::Turn& turn, const ReplayCounts& counts) override;
  void on_sent(const ReplayCounts& counts) override;
  void on_notice(const std::string& text) override;

  /// Prints how many messages were sent and left out, how late the replay was, and how many
  /// messages the spool of a publication lost.
  void finish(const ReplayCounts& counts, std::uint64_t unpublished);

 private:
  void say_wait(const Pacer::Turn& turn);
  void say_left_out(const ReplayCounts& counts);

  const Program& program_;
  Progress progress_;
  std::optional<Forecast> forecast_;
};

}  // namespace can::cli
