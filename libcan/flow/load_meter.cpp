// SPDX-License-Identifier: MIT
#include "libcan/flow/load_meter.h"

namespace can {

void LoadMeter::expect(Channel channel, Rates rates) {
  place_of(channel).rates = rates;
  if (!first_) first_ = channel;
}

void LoadMeter::add(std::span<const Message> messages) {
  for (const Message& m : messages) {
    Place& place = place_of(m.channel ? m.channel : first_);
    ++(m.error ? place.errors : m.transmitted ? place.sent : place.received);
    const FrameBits bits = bits_of(m);
    place.nominal_bits += bits.nominal;
    place.data_bits += bits.data;
  }
}

std::vector<LoadMeter::Reading> LoadMeter::take(std::chrono::nanoseconds interval) {
  const double seconds = std::chrono::duration<double>(interval).count();
  std::vector<Reading> readings;
  for (Place& place : places_) {
    readings.push_back(reading(place, seconds));
    place = {.channel = place.channel, .rates = place.rates};
  }
  return readings;
}

LoadMeter::Reading LoadMeter::reading(const Place& place, double seconds) {
  const auto per_second = [seconds](std::uint64_t count) {
    return static_cast<double>(count) / seconds;
  };
  Reading reading = {.channel = place.channel,
                     .received = per_second(place.received),
                     .sent = per_second(place.sent),
                     .errors = per_second(place.errors)};
  if (place.rates.nominal == 0) return reading;
  const std::uint32_t data_rate = place.rates.data ? place.rates.data : place.rates.nominal;
  reading.load = per_second(place.nominal_bits) / place.rates.nominal +
                 per_second(place.data_bits) / data_rate;
  return reading;
}

LoadMeter::Place& LoadMeter::place_of(Channel channel) {
  std::uint32_t& number = numbers_[channel];
  if (number == 0) {
    places_.push_back({.channel = channel, .rates = others_});
    number = static_cast<std::uint32_t>(places_.size());
  }
  return places_[number - 1];
}

}  // namespace can
