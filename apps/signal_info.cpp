// SPDX-License-Identifier: MIT
#include "apps/signal_info.h"

#include <fmt/core.h>

#include <cstdio>

#include "apps/console.h"
#include "apps/json_text.h"
#include "libcan/model/duration.h"
#include "libcan/platform/standard_output.h"

namespace can::cli {
namespace {

using signals::MessageCheck;

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), standard_output_stream());
}

std::string channel_text(Channel channel) {
  return channel ? std::string(channel.name()) : std::string("-");
}

std::string id_text(const MessageCheck::Key& key) {
  return key.extended ? fmt::format("{:08X}", key.id) : fmt::format("{:03X}", key.id);
}

void print_message(const MessageCheck::Key& key, const MessageCheck::Known& known) {
  const auto& [message, seen] = known;
  const bool periodic = seen.count > 1;
  print(fmt::format("{:<10} {:<24} {:>12} {:>11} {:>11} {:>11} {:>13} {:>10}\n",
                    channel_text(key.channel), message->name, grouped(seen.count),
                    message->cycle ? to_string(*message->cycle) + " ms" : "",
                    periodic ? to_text(seen.average()) : "", periodic ? to_text(seen.longest) : "",
                    grouped(seen.out_of_range), grouped(seen.too_short)));
}

std::string json_ms(std::chrono::nanoseconds time) {
  return fmt::format("{:.6f}", static_cast<double>(time.count()) / 1e6);
}

std::string message_json(const MessageCheck::Key& key, const MessageCheck::Known& known) {
  const auto& [message, seen] = known;
  JsonText json;
  json.add("channel", key.channel.name())
      .add("message", message->name)
      .add("count", seen.count)
      .add("out_of_range", seen.out_of_range)
      .add("too_short", seen.too_short)
      .add_raw("average_ms", json_ms(seen.average()))
      .add_raw("longest_ms", json_ms(seen.longest));
  if (message->cycle) json.add_raw("cycle_ms", to_string(*message->cycle));
  return json.object();
}

std::string unknown_json(const MessageCheck::Key& key, std::uint64_t count) {
  return JsonText()
      .add("channel", key.channel.name())
      .add("id", std::uint64_t{key.id})
      .add("extended", key.extended)
      .add("count", count)
      .object();
}

}  // namespace

void print_check(const signals::MessageCheck& check) {
  print(fmt::format("\n{:<10} {:<24} {:>12} {:>11} {:>11} {:>11} {:>13} {:>10}\n", "CHANNEL",
                    "MESSAGE", "COUNT", "CYCLE", "AVERAGE", "LONGEST", "OUT OF RANGE",
                    "TOO SHORT"));
  for (const auto& [key, known] : check.known()) print_message(key, known);
  if (check.incomplete() > 0)
    print(fmt::format("\n{} of J1939's transport protocol without all frames\n",
                      counted(check.incomplete(), "message")));
  if (check.unknown_messages() == 0) return;
  print(fmt::format("\n{} with {} that no DBC file knows\n",
                    counted(check.unknown_messages(), "message"),
                    counted(check.unknown().size(), "id")));
  for (const auto& [key, count] : check.unknown())
    print(fmt::format("{:<10} {:>8} {:>12}\n", channel_text(key.channel), id_text(key),
                      grouped(count)));
}

std::string check_json(const signals::MessageCheck& check) {
  std::vector<std::string> known, unknown;
  for (const auto& [key, each] : check.known()) known.push_back(message_json(key, each));
  for (const auto& [key, count] : check.unknown()) unknown.push_back(unknown_json(key, count));
  return JsonText()
      .add_raw("known", json_array(known))
      .add_raw("unknown", json_array(unknown))
      .add("unknown_messages", check.unknown_messages())
      .add("incomplete_packets", check.incomplete())
      .object();
}

}  // namespace can::cli
