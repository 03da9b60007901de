// SPDX-License-Identifier: MIT
#include "apps/web/status.h"

#include <algorithm>

#include "apps/json_text.h"
#include "libcan/model/fail.h"

namespace can::web {
namespace {

using namespace std::chrono_literals;
using cli::JsonText;

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string text_of(const LoadMeter::Reading& reading) {
  JsonText text;
  text.add("channel", reading.channel ? reading.channel.name() : std::string_view())
      .add_raw("received", number(reading.received))
      .add_raw("sent", number(reading.sent))
      .add_raw("errors", number(reading.errors));
  if (reading.load) text.add_raw("load", number(*reading.load));
  return text.object();
}

std::string text_of(const Sender::Periodic& each) {
  return JsonText()
      .add("number", each.number)
      .add("frame", each.frame)
      .add_raw("period", number(std::chrono::duration<double, std::milli>(each.period).count()))
      .object();
}

template <class Range>
std::string array_of(const Range& range) {
  std::string array = "[";
  for (const auto& each : range) array += (array.size() > 1 ? "," : "") + text_of(each);
  return array + "]";
}

void add_state(JsonText& text, const Bus& bus) {
  const BusCounters counters = bus.counters();
  text.add("dropped", counters.dropped).add("malformed", counters.malformed);
  try {
    const BusState state = bus.state();
    text.add("state", name_of(state.controller));
    if (state.tx_errors) text.add("tx_errors", std::uint64_t{*state.tx_errors});
    if (state.rx_errors) text.add("rx_errors", std::uint64_t{*state.rx_errors});
    text.add("bitrate", std::uint64_t{state.bitrate});
  } catch (const Error&) {
    // The device is gone; receiving tells why.
  }
}

}  // namespace

bool Status::update(const BusView& view, const LiveBus& bus, const Sender& sender,
                    Clock::time_point now) {
  if (now - measured_ < 1s) return false;
  measure(view.messages(), now - measured_);
  measured_ = now;
  json_ = text(view, bus, sender);
  return true;
}

void Status::measure(std::uint64_t messages, std::chrono::nanoseconds interval) {
  rate_ =
      static_cast<double>(messages - counted_) / std::chrono::duration<double>(interval).count();
  counted_ = messages;
  load_ = array_of(meter_.take(interval));
}

std::string Status::text(const BusView& view, const LiveBus& bus, const Sender& sender) const {
  JsonText text;
  text.add("bus", title_)
      .add("sends", sends_)
      .add("named", named_)
      .add("problem", bus.problem())
      .add("notice", notice_)
      .add_raw("rate", number(rate_))
      .add("messages", view.messages())
      .add("errors", view.errors())
      .add("others", view.others())
      .add_raw("load", load_)
      .add_raw("periodic", array_of(sender.periodic()));
  if (bus.bus()) add_state(text, *bus.bus());
  return text.object();
}

}  // namespace can::web
