// SPDX-License-Identifier: MIT
#include "apps/web/live_bus.h"

#include <system_error>
#include <utility>

#include "cansuite/error.h"

namespace can::web {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 2s;  // between two attempts

}  // namespace

LiveBus::LiveBus(BusConfig config, remote::OpenBus open, std::function<void(const Bus&)> on_open)
    : config_(std::move(config)), open_(std::move(open)), on_open_(std::move(on_open)) {}

void LiveBus::take(const cli::Feed::Use& use) try {
  if (!feed_) open();
  if (feed_) feed_->take(use);
} catch (const Error& error) {
  fail(error.what());
} catch (const std::system_error& error) {
  fail(error.what());  // no thread
}

void LiveBus::open() {
  if (opening_.valid()) {
    if (opening_.wait_for(0s) != std::future_status::ready) return;
    feed_ = std::make_unique<cli::BusFeed>(opening_.get());
    problem_.clear();
    on_open_(*feed_->bus());
  } else if (Clock::now() >= next_try_) {
    next_try_ = Clock::now() + kPause;
    opening_ = std::async(std::launch::async, open_, config_);
  }
}

void LiveBus::fail(const char* why) {
  feed_.reset();
  problem_ = why;
}

std::vector<std::string> LiveBus::drain_notices() {
  return feed_ ? feed_->drain_notices() : std::vector<std::string>();
}

}  // namespace can::web
