// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "apps/cli.h"
#include "apps/console.h"
#include "formats/registry/losses.h"
#include "libcan/flow/recording.h"

namespace can::cli {

/// Prints the progress and the result of a recording on stderr.
class RecordingReport final : public RecordingListener {
 public:
  /// `to_console`: the messages themselves are printed, so the progress line is left out.
  /// `progress`: whether there may be a progress line.
  RecordingReport(const Program& program, const Format& format, bool to_console, bool progress);

  void on_written(std::span<const Message> batch) override { losses_.count(batch); }
  void on_notice(const std::string& text) override;
  void on_second(const Recording& recording) override;
  void on_round(const Recording& recording) override;
  void on_failure(const Error& error) override { program_.warn(error.what()); }

  /// Prints how many messages were recorded and how many were lost.
  /// `kept`: the existing log that no message replaced, "drive.log, 1,234 bytes"; empty: none.
  void keeps(const std::string& replaced, const Recording& recording) const;
  void finish(const Recording& recording);

 private:
  void print_json(const Recording& recording) const;
  void say_summary(const Recording& recording);
  void say_wear(const Recording& recording) const;

  const Program& program_;
  const Format& format_;
  const bool to_console_;
  Losses losses_;
  Progress progress_;
};

}  // namespace can::cli
