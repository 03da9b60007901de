// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "libcan/model/fail.h"

namespace can::cli {

/// Exit statuses of every program.
enum Exit : int { ok = 0, failure = 1, usage = 2, interrupted = 130 };

/// How much is printed on stderr: -q less, -v more.
struct Verbosity {
  int verbose = 0;
  bool quiet = false;
};

/// How a list is printed: --json, -v.
struct ListStyle {
  bool json = false, verbose = false;
};

/// One program: the common options (-h, --version, -v, -q), error handling and exit status.
class Program {
 public:
  /// `examples`: the lines under "Examples:" in the help.
  Program(const std::string& name, const std::string& purpose, const std::string& usage,
          const std::string& examples);

  CLI::App& app() { return app_; }

  /// Adds a flag that prints something and ends the program with status 0: --list-formats.
  void add_list(const std::string& name, const std::string& help,
                std::function<void(ListStyle)> print);
  /// Offers each --NAME=VALUE that is no option of the program; `take` returns whether it is used.
  /// As in python-can, underscores in the names of options are hyphens.
  void on_unknown(std::function<bool(const std::string& name, const std::string& value)> take) {
    take_unknown_ = std::move(take);
  }
  const Verbosity& verbosity() const { return verbosity_; }
  bool json() const { return json_; }  ///< --json: print for another program

  /// Parses, runs `body`, and turns an exception into one line on stderr and an exit status.
  /// A closed pipe on stdout ends the program without an error. Without arguments, prints the help
  /// on stderr, unless `runs_bare`.
  int run(int argc, char** argv, const std::function<Exit()>& body, bool runs_bare = false);

  /// Prints the error as one line on stderr; returns its exit status.
  Exit report(const Error& error) const;

  /// Prints "canlogger: <text>" on stderr, unless quiet.
  void say(const std::string& text) const;
  /// Prints the same with -v only.
  void say_verbose(const std::string& text) const;
  /// Prints the same even with -q, for losses and failures.
  void warn(const std::string& text) const;

 private:
  Exit run_body(int argc, char** argv, const std::function<Exit()>& body, bool runs_bare);
  void parse(int argc, char** argv);
  bool is_taken(std::string& argument) const;
  Exit finish_output() const;

  CLI::App app_;
  std::string usage_;
  std::function<bool(const std::string&, const std::string&)> take_unknown_;
  Verbosity verbosity_;
  bool json_ = false;
};

}  // namespace can::cli
