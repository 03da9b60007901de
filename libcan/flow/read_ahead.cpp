// SPDX-License-Identifier: MIT
#include "libcan/flow/read_ahead.h"

#include <exception>
#include <utility>

namespace can {

ReadAhead::ReadAhead(LogReader& reader, Depth depth, Selection selection)
    : selector_(std::move(selection)),
      queue_(depth.capacity, depth.batch, depth.worth_waking),
      thread_([this, &reader] {
        std::exception_ptr failure;
        try {
          read(reader);
        } catch (...) {
          failure = std::current_exception();
        }
        // After the catch block, which also holds the exception: only the consumer holds it from
        // here.
        queue_.finish(std::move(failure));
      }) {}

ReadAhead::~ReadAhead() { queue_.cancel(); }

bool ReadAhead::next(std::span<const Message>& batch, std::chrono::nanoseconds timeout) {
  batch = {};
  queue_.release(std::exchange(held_, 0));
  batch = queue_.wait(timeout);
  held_ = batch.size();
  return !batch.empty() || !queue_.ended();
}

void ReadAhead::read(LogReader& reader) {
  for (auto places = queue_.reserve(); !places.empty(); places = queue_.reserve()) {
    const std::size_t count = reader.read(places);
    if (count == 0) return;
    queue_.commit(selector_.keep_wanted(places.first(count)));
    if (!reader.at_hand()) queue_.pause();
  }
}

}  // namespace can
