// SPDX-License-Identifier: MIT
#include "apps/viewer/terminal.h"

#define NCURSES_NOMACROS
#include <ncurses.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iterator>

#include "libcan/model/fail.h"

namespace can::cli {
namespace {

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr char kGiveBack[] = "\033[?1049l\033[?25h\033[0m";  // usual screen, cursor, no colours

termios usual_mode{};  // for the handler

/// A crash leaves the terminal usable, and its message readable.
void on_crash(int signal) {
  [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, kGiveBack, sizeof kGiveBack - 1);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &usual_mode);
  ::raise(signal);  // SA_RESETHAND: ends the program
}

void handle_crashes(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : kCrashes) ::sigaction(signal, &action, nullptr);
}

enum Pair : short { kWarmPair = 1, kHotPair, kErrorPair };

void set_colours() {
  if (!::has_colors()) return;
  ::start_color();
  ::use_default_colors();
  ::init_pair(kWarmPair, COLOR_YELLOW, -1);
  ::init_pair(kHotPair, COLOR_BLACK, COLOR_YELLOW);
  ::init_pair(kErrorPair, COLOR_RED, -1);
}

chtype attributes_of(Style style) {
  const bool colours = ::has_colors();
  switch (style) {
    case Style::plain:
      return A_NORMAL;
    case Style::title:
      return A_REVERSE;
    case Style::faint:
      return A_DIM;
    case Style::warm:
      return colours ? COLOR_PAIR(kWarmPair) : A_BOLD;
    case Style::hot:
      return colours ? COLOR_PAIR(kHotPair) : A_REVERSE;
    case Style::error:
      return colours ? COLOR_PAIR(kErrorPair) : A_BOLD;
  }
  return A_NORMAL;
}

int key_of(int code) {
  switch (code) {
    case ERR:
      return kNoKey;
    case KEY_UP:
      return kUp;
    case KEY_DOWN:
      return kDown;
    case KEY_PPAGE:
      return kPageUp;
    case KEY_NPAGE:
      return kPageDown;
    case KEY_HOME:
      return kHome;
    case KEY_END:
      return kEnd;
    case KEY_BACKSPACE:
    case 0x7F:
    case '\b':
      return kBackspace;
    case KEY_ENTER:
    case '\n':
    case '\r':
      return kEnter;
    case 0x1B:
      return kEscape;
    case KEY_RESIZE:
      return kResized;
    default:
      return code < 0x100 ? code : kNoKey;
  }
}

}  // namespace

struct Terminal::Screen {
  SCREEN* handle;
};

Terminal::Terminal() {
  if (::isatty(STDOUT_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &usual_mode) != 0)
    fail(Errc::unsupported, "standard input and output have to be a terminal; see canlogger");
  ::set_escdelay(25);  // ms; ESC is a key of its own
  SCREEN* const handle = ::newterm(nullptr, stdout, stdin);
  if (!handle) fail(Errc::unsupported, "the kind of terminal, TERM, is not known");
  screen_ = std::make_unique<Screen>(Screen{handle});
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::curs_set(0);
  set_colours();
  handle_crashes(on_crash);
}

Terminal::~Terminal() {
  handle_crashes(SIG_DFL);
  ::endwin();
  ::delscreen(screen_->handle);
}

Size Terminal::size() const { return {::getmaxy(stdscr), ::getmaxx(stdscr)}; }

void Terminal::show(const std::vector<Line>& lines) {
  ::erase();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ::move(static_cast<int>(i), 0);
    for (const Span& span : lines[i]) {
      ::attrset(static_cast<int>(attributes_of(span.style)));
      ::addnstr(span.text.data(), static_cast<int>(span.text.size()));
    }
  }
  ::refresh();
}

bool Terminal::hung_up() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 0) == 1 && (input.revents & (POLLHUP | POLLERR)) != 0;
}

int Terminal::key() { return key_of(::getch()); }

}  // namespace can::cli
