// SPDX-License-Identifier: MIT
#include "drivers/remote/redial.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can::remote {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr auto kRetry = 1s;
constexpr auto kLook = 20ms;  // during an attempt

/// Connects on a detached thread: the resolution of a name can't be interrupted.
std::future<std::unique_ptr<Link>> begin_attempt(std::shared_ptr<const LinkOptions> options) {
  std::packaged_task<std::unique_ptr<Link>()> task(
      [options = std::move(options)] { return make_link(*options); });
  auto result = task.get_future();
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::system_error& error) {
    fail(Errc::io, "can't start a thread: {}", error.code().message());
  }
  return result;
}

}  // namespace

std::unique_ptr<Link> Redial::connect() {
  try {
    auto link = make_link(*options_);
    was_connected_ = true;
    return link;
  } catch (const Unreachable& error) {
    if (patience() == 0ns) throw;
    begin(error.what());
    next_ = Clock::now() + kRetry;
    return nullptr;
  }
}

void Redial::begin(std::string why) {
  why_ = std::move(why);
  since_ = next_ = Clock::now();
}

nanoseconds Redial::patience() const {
  return patience_.wait && !was_connected_ ? nanoseconds::max() : patience_.reconnect;
}

std::unique_ptr<Link> Redial::take() {
  const auto now = Clock::now();
  if (patience() == 0ns) fail(Errc::io, "{}", why_);
  if (!attempt_.valid() && now < next_) return nullptr;
  if (!attempt_.valid()) attempt_ = begin_attempt(options_);
  if (attempt_.wait_for(0s) != std::future_status::ready) return nullptr;
  return finish_attempt();
}

std::unique_ptr<Link> Redial::finish_attempt() {
  const auto now = Clock::now();
  try {
    auto link = attempt_.get();
    story_ = fmt::format(fmt::runtime(was_connected_ ? "{}; connected again, {} are missing"
                                                     : "{}; connected after {}"),
                         why_, to_text(now - since_));
    was_connected_ = true;
    why_.clear();
    return link;
  } catch (const Unreachable& error) {
    retry(error, now - since_ < patience());
  } catch (const Error& error) {
    // A server that refuses is not waited for before the first connection.
    retry(error, was_connected_ && now - since_ < patience());
  }
  return nullptr;
}

void Redial::retry(const Error& error, bool in_time) {
  if (!in_time)
    fail(Errc::io, "{}; not reached{}: {}", why_, was_connected_ ? " again in time" : "",
         error.what());
  next_ = Clock::now() + kRetry;
}

nanoseconds Redial::pause() const {
  if (attempt_.valid()) return kLook;
  return std::max<nanoseconds>(next_ - Clock::now(), 1ns);
}

}  // namespace can::remote
