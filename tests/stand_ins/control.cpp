// SPDX-License-Identifier: MIT
#include "tests/stand_ins/control.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "tests/stand_ins/bus.h"
#include "tests/stand_ins/group.h"

namespace can::stand_in {
namespace {

using Words = std::vector<std::string>;

/// What commands planned for the calls of one function.
struct Plan {
  long long calls = 0;
  long long code = 0, failures = 0;  // failures: how many are left, -1 for all
  std::chrono::milliseconds delay{0};
};

struct Plans {
  std::mutex mutex;
  std::map<std::string, Plan> of;
  bool print = false;
};

Plans& plans() {
  static Plans& plans = *new Plans;
  return plans;
}

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

long long number(const std::string& word) {
  std::size_t end = 0;
  const long long value = std::stoll(word, &end, 0);
  if (end != word.size()) throw std::invalid_argument(word);
  return value;
}

int channel_of(const Words& words) { return static_cast<int>(number(words.at(1))); }

bool on(const std::string& word) {
  if (word != "on" && word != "off") throw std::invalid_argument(word);
  return word == "on";
}

void change(const Words& words, const std::function<void(Channel&)>& change) {
  change_channel(channel_of(words), change);
}

BusError error_of(const std::string& name) {
  const char* const names[] = {"other", "bit0", "bit1", "stuff", "form", "crc", "ack"};
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) throw std::invalid_argument(name);
  return static_cast<BusError>(found - std::begin(names));
}

void set_errors(const Words& words) {
  const auto tx = static_cast<unsigned>(number(words.at(2)));
  const auto rx = static_cast<unsigned>(number(words.at(3)));
  change(words, [=](Channel& channel) {
    channel.tx_errors = tx;
    channel.rx_errors = rx;
  });
}

void recover(Channel& channel) {
  channel.off = false;
  channel.tx_errors = channel.rx_errors = 0;
}

void vanish(Channel& channel) {
  if (!std::exchange(channel.gone, true)) ++channel.losses;
  channel.waiting.clear();
}

void plan_failure(const Words& words) {
  Plans& all = plans();
  const std::lock_guard lock(all.mutex);
  Plan& plan = all.of[words.at(1)];
  plan.failures = 0;
  if (words.at(2) == "off") return;
  plan.code = number(words[2]);
  plan.failures = words.size() > 3 ? number(words[3]) : -1;
}

void plan_delay(const Words& words) {
  const std::chrono::milliseconds delay(number(words.at(2)));
  const std::lock_guard lock(plans().mutex);
  plans().of[words.at(1)].delay = delay;
}

void set_print(const Words& words) {
  const bool print = on(words.at(1));
  const std::lock_guard lock(plans().mutex);
  plans().print = print;
}

void everywhere(const Words& words) {
  std::string command;
  for (std::size_t i = 1; i < words.size(); ++i) command += words[i] + " ";
  if (!control(command)) throw std::invalid_argument(command);
  join_group();
  send_to_group(command);
}

void wire(const Words& words) {
  const auto wire = static_cast<int>(number(words.at(2)));
  change(words, [=](Channel& channel) { channel.wire = wire; });
}

const std::map<std::string, void (*)(const Words&)>& commands() {
  static const std::map<std::string, void (*)(const Words&)> commands = {
      {"vanish", [](const Words& w) { change(w, vanish); }},
      {"return", [](const Words& w) { change(w, [](Channel& c) { c.gone = false; }); }},
      {"bus_off", [](const Words& w) { change(w, [](Channel& c) { c.off = true; }); }},
      {"bus_on", [](const Words& w) { change(w, recover); }},
      {"full", [](const Words& w) { change(w, [&](Channel& c) { c.full = on(w.at(2)); }); }},
      {"hold", [](const Words& w) { change(w, [&](Channel& c) { c.held = on(w.at(2)); }); }},
      {"errors", set_errors},
      {"overrun", [](const Words& w) { lose_frame(channel_of(w)); }},
      {"error", [](const Words& w) { disturb(channel_of(w), error_of(w.at(2))); }},
      {"wire", wire},
      {"set", [](const Words& w) { set_setting(channel_of(w), w.at(2), number(w.at(3))); }},
      {"devices", [](const Words& w) { set_device_count(channel_of(w)); }},
      {"clock", [](const Words& w) { advance_clock(number(w.at(1))); }},
      {"fail", plan_failure},
      {"delay", plan_delay},
      {"print", set_print},
      {"everywhere", everywhere},
  };
  return commands;
}

bool control_all(const std::string& text) {
  std::istringstream stream(text);
  bool known = true;
  for (std::string command; std::getline(stream, command, ';');)
    if (!words_of(command).empty()) known = control(command) && known;
  return known;
}

long long answer(const Words& words) {
  if (words.at(0) == "ports") return open_ports(channel_of(words));
  if (words[0] == "waiting")
    return static_cast<long long>(channel_state(channel_of(words)).waiting.size());
  if (words[0] == "set") return setting(channel_of(words), words.at(2), -1);
  if (words[0] != "calls") return -1;
  const std::lock_guard lock(plans().mutex);
  return plans().of[words.at(1)].calls;
}

/// A command that nobody knows would leave a test without what it tests.
__attribute__((constructor)) void obey_environment() {
  const char* commands = std::getenv("CANSUITE_STAND_IN");
  if (!commands || control_all(commands)) return;
  std::fprintf(stderr, "stand-in: CANSUITE_STAND_IN: no such command: %s\n", commands);
  std::abort();
}

}  // namespace

bool control(const std::string& command) try {
  const Words words = words_of(command);
  const auto found = commands().find(words.at(0));
  if (found == commands().end()) return false;
  found->second(words);
  return true;
} catch (const std::exception&) {  // a word too few, or no number
  return false;
}

std::optional<long long> called(const char* function) {
  Plans& all = plans();
  std::unique_lock lock(all.mutex);
  Plan& plan = all.of[function];
  ++plan.calls;
  if (all.print) std::printf("stand-in: %s\n", function);
  const bool fails = plan.failures != 0;
  if (plan.failures > 0) --plan.failures;
  const long long code = plan.code;
  const auto delay = plan.delay;
  lock.unlock();
  std::this_thread::sleep_for(delay);
  return fails ? std::optional(code) : std::nullopt;
}

}  // namespace can::stand_in

int stand_in_control(const char* commands) { return can::stand_in::control_all(commands) ? 0 : -1; }

long long stand_in_query(const char* question) try {
  return can::stand_in::answer(can::stand_in::words_of(question));
} catch (const std::exception&) {
  return -1;
}
