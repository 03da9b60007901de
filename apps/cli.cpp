// SPDX-License-Identifier: MIT
#include "apps/cli.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cansuite/version.h"
#include "libcan/model/ascii.h"
#include "libcan/model/fail.h"
#include "libcan/platform/signals.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

void print_line(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

/// The usual layout of help: names and metavars only, one blank line between groups.
class Help : public CLI::Formatter {
 public:
  explicit Help(std::string usage) : usage_(std::move(usage)) { column_width(26); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "\nUsage: " + usage_ + "\n";
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode m) const override {
    std::string text = CLI::Formatter::make_help(app, std::move(name), m);
    for (std::size_t at = text.find("\n\n\n"); at != text.npos; at = text.find("\n\n\n"))
      text.erase(at, 1);
    return text;
  }

 private:
  std::string usage_;
};

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  if (text.ends_with('.')) text.pop_back();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && (text.size() < 2 || text[1] >= 'a'))
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// Refuses empty values: they mostly come from an unset variable of a script.
void refuse_empty_values(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options())
    if (option->nonpositional() && option->count() > 0 && option->get_items_expected_max() > 0 &&
        !option->check_lname("channel"))
      for (const std::string& value : option->results())
        if (value.empty()) fail(Errc::invalid, "{}: expected a value, got ''", option->get_name());
}

/// Opens closed standard descriptors, so that no file opened later becomes one of them.
void keep_standard_descriptors() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(number, F_GETFD) < 0)  // opened for the opposite direction: its use stays an error
      ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

Program::Program(const std::string& name, const std::string& purpose, const std::string& usage,
                 const std::string& examples)
    : app_(purpose, name), usage_(usage) {
  app_.formatter(std::make_shared<Help>(usage));
  app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app_.set_help_flag("-h,--help", "Show this help");
  app_.set_version_flag("--version", fmt::format("{} {}", name, version()), "Show the version");
  app_.add_flag("-v", verbosity_.verbose, "Print more; twice: still more");
  app_.add_flag("-q,--quiet", verbosity_.quiet, "Print errors, but no notices");
  // Before the lists: CLI11 sets options in the order in which they were added.
  app_.add_flag("--json", json_, "Print the list as JSON")->group("Lists");
  app_.footer("Examples:\n" + examples);
}

int Program::run(int argc, char** argv, const std::function<Exit()>& body, bool runs_bare) {
  let_signals_end_the_program();
  ignore_broken_pipes();
  ignore_size_limits();
  keep_standard_descriptors();
  keep_standard_output_clean();
  const Exit status = run_body(argc, argv, body, runs_bare);
  return status == Exit::ok ? finish_output() : status;
}

/// Flushes standard output, which fails on a full disk or a closed descriptor.
Exit Program::finish_output() const {
  std::FILE* const output = standard_output_stream();
  if (std::fflush(output) == 0 && std::ferror(output) == 0) return Exit::ok;
  if (errno == EPIPE) return Exit::ok;
  warn(fmt::format("standard output: {}", std::strerror(errno)));
  return Exit::failure;
}

/// Puts hyphens for the underscores of an option's name. True for a --NAME=VALUE that
/// on_unknown()'s function takes.
bool Program::is_taken(std::string& argument) const {
  if (!argument.starts_with("--")) return false;
  const std::size_t end = std::min(argument.find('='), argument.size());
  const std::string name = argument.substr(2, end - 2);
  std::replace(argument.begin(), argument.begin() + static_cast<std::ptrdiff_t>(end), '_', '-');
  if (end == argument.size() || !take_unknown_ || app_.get_option_no_throw(argument.substr(0, end)))
    return false;
  return take_unknown_(name, argument.substr(end + 1));
}

void Program::parse(int argc, char** argv) {
  std::vector<std::string> arguments;
  bool options = true;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    options = options && argument != "--";
    if (!options || !is_taken(argument)) arguments.push_back(std::move(argument));
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  app_.parse(std::move(arguments));
}

Exit Program::run_body(int argc, char** argv, const std::function<Exit()>& body, bool runs_bare) {
  try {
    if (argc == 1 && !runs_bare) {
      print_line(app_.help());
      return Exit::usage;
    }
    parse(argc, argv);
    refuse_empty_values(app_);
    return body();
  } catch (const CLI::Success& request) {
    return app_.exit(request) == 0 ? Exit::ok : Exit::usage;
  } catch (const CLI::ParseError& error) {
    warn(one_line(error.what()));
    print_line("Usage: " + usage_ + "\nSee \"" + app_.get_name() + " --help\"");
    return Exit::usage;
  } catch (const Error& error) {
    return report(error);
  } catch (const std::bad_alloc&) {
    warn("out of memory");
  } catch (const std::exception& error) {
    warn(std::string("internal error: ") + error.what());
  }
  return Exit::failure;
}

Exit Program::report(const Error& error) const {
  if (error.code() == Errc::closed) return Exit::ok;
  warn(error.what());
  return error.code() == Errc::invalid ? Exit::usage : Exit::failure;
}

void Program::say(const std::string& text) const {
  if (!verbosity_.quiet) warn(text);
}

void Program::say_verbose(const std::string& text) const {
  if (verbosity_.verbose > 0) warn(text);
}

void Program::warn(const std::string& text) const {
  print_line(app_.get_name() + ": " + escaped(text));
}

void Program::add_list(const std::string& name, const std::string& help,
                       std::function<void(ListStyle)> print) {
  app_.add_flag_callback(
          name,
          [this, print = std::move(print)] {
            print({.json = json_, .verbose = verbosity_.verbose > 0});
            throw CLI::Success();
          },
          help)
      ->group("Lists");
}

}  // namespace can::cli
