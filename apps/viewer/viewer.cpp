// SPDX-License-Identifier: MIT
#include "apps/viewer/viewer.h"

#include <algorithm>
#include <utility>

#include "cansuite/error.h"
#include "cansuite/message_text.h"
#include "libcan/model/ascii.h"
#include "libcan/model/duration.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kMeasure = 1s;

}  // namespace

Viewer::Viewer(std::string title, std::unique_ptr<Feed> feed, LoadMeter& meter, Meanings meanings)
    : title_(std::move(title)), feed_(std::move(feed)), meter_(meter), table_(std::move(meanings)) {
  facts_.bus = title_;
}

void Viewer::step() {
  take();
  table_.look();
  if (Clock::now() - measured_ >= kMeasure) measure();
  facts_.dropped = feed_->dropped();
  for (std::string& notice : feed_->drain_notices()) facts_.message = std::move(notice);
}

/// A failure ends the feed; what came before stays on the screen, with the reason.
void Viewer::take() try {
  if (facts_.ended) return;
  const std::uint64_t before = table_.view().messages();
  feed_->take([this](std::span<const Message> messages) {
    table_.add(messages);
    meter_.add(messages);
  });
  if (table_.view().messages() != before) came_ = Clock::now();
  facts_.ended = feed_->ended();
} catch (const Error& error) {
  facts_.ended = true;
  facts_.message = error.what();
}

void Viewer::measure() {
  const auto now = Clock::now();
  const std::chrono::duration<double> interval = now - measured_;
  const std::uint64_t messages = table_.view().messages();
  facts_.rate = static_cast<double>(messages - std::min(counted_, messages)) / interval.count();
  facts_.load.reset();
  for (const LoadMeter::Reading& reading : meter_.take(now - measured_))
    if (reading.load) facts_.load = std::max(*reading.load, facts_.load.value_or(0));
  counted_ = messages;
  measured_ = now;
}

std::vector<Line> Viewer::screen(Size size) {
  facts_.now =
      table_.shown_until() + (table_.paused() || facts_.ended ? 0ns : Clock::now() - came_);
  facts_.prompt.reset();
  if (prompt_ == Prompt::send) facts_.prompt = "send FRAME [PERIOD], or stop: " + typed_ + "_";
  if (prompt_ == Prompt::filter) facts_.prompt = "filter: " + typed_ + "_";
  return draw(table_, facts_, look_, size);
}

void Viewer::type(int key, Size size) {
  facts_.message.clear();
  if (prompt_ != Prompt::none) return type_in_prompt(key);
  switch (key) {
    case 'q':
    case kEscape:
      finished_ = true;
      break;
    case ' ':
      table_.pause(!table_.paused());
      break;
    case 'o':
      table_.order(table_.order() == Order::id       ? Order::latest
                   : table_.order() == Order::latest ? Order::count
                                                     : Order::id);
      break;
    case '#':
      table_.notch();
      break;
    case '*':
      table_.notch_nothing();
      break;
    case 'b':
      look_.binary = !look_.binary;
      break;
    case 'a':
      look_.ascii = !look_.ascii;
      break;
    case 'd':
      look_.decoded = !look_.decoded;
      break;
    case 'c':
      table_.clear();
      break;
    case '/':
      prompt_ = Prompt::filter;
      typed_ = table_.filter();
      break;
    case 's':
      begin_sending();
      break;
    default:
      scroll(key, size);
  }
}

void Viewer::scroll(int key, Size size) {
  const std::size_t page = page_of(size), count = table_.visible().size(),
                    last = count > 0 ? count - 1 : 0;
  std::size_t& top = look_.top;
  if (key == kUp && top > 0) --top;
  if (key == kDown) ++top;
  if (key == kPageUp) top -= std::min(top, page);
  if (key == kPageDown) top += page;
  if (key == kHome) top = 0;
  if (key == kEnd) top = count - std::min(count, page);
  top = std::min(top, last);
}

void Viewer::type_in_prompt(int key) {
  if (key == kEscape) prompt_ = Prompt::none;
  if (key == kEnter) enter();
  if (key == kBackspace && !typed_.empty()) typed_.pop_back();
  constexpr std::size_t kLongest = 256;
  if (key >= ' ' && key <= '~' && typed_.size() < kLongest) typed_ += static_cast<char>(key);
}

void Viewer::enter() {
  const Prompt prompt = std::exchange(prompt_, Prompt::none);
  if (prompt == Prompt::filter) table_.filter(typed_);
  if (prompt == Prompt::filter) look_.top = 0;
  if (prompt == Prompt::send) send(typed_);
}

void Viewer::begin_sending() {
  if (!feed_->bus()) {
    facts_.message = "messages can't be sent to a log";
    return;
  }
  prompt_ = Prompt::send;
  typed_.clear();
}

/// "123#11" once, "123#11 100ms" again and again, "stop" ends that.
void Viewer::send(const std::string& text) try {
  const std::string line(trim(text, " "));
  const std::size_t blank = std::min(line.find(' '), line.size());
  if (line.empty()) return;
  if (line == "stop") return periodic_.clear();
  start(line.substr(0, blank), std::string(trim(line.substr(blank), " ")));
} catch (const Error& error) {
  facts_.message = error.what();
}

void Viewer::start(const std::string& frame, const std::string& period) {
  const Message message = parse_frame(frame);
  if (period.empty()) return feed_->bus()->send(std::span(&message, 1), 100ms);
  periodic_.push_back(feed_->bus()->send_periodic(message, {.period = parse_duration(period, 1s)}));
}

}  // namespace can::cli
