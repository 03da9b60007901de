// SPDX-License-Identifier: MIT
#include "libcan/signals/overwriter.h"

#include <algorithm>
#include <utility>

#include "libcan/model/fail.h"

namespace can::signals {
namespace {

std::pair<std::string, std::string> split(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0)
    fail(Errc::invalid, "expected SIGNAL=VALUE, got {}", quote(text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Catalog of_names(Catalog catalog, const std::vector<std::string>& texts) {
  catalog.patterns.clear();
  for (const std::string& text : texts) catalog.patterns.push_back(split(text).first);
  return catalog;
}

class Reader final : public LogReader {
 public:
  Reader(std::unique_ptr<LogReader> log, Overwriter overwriter)
      : log_(std::move(log)), overwriter_(std::move(overwriter)) {}

  bool at_hand() const override { return log_->at_hand(); }
  std::string writer() const override { return log_->writer(); }

 protected:
  void fill(std::span<Message> out, std::size_t& filled) override {
    filled = log_->read(out);
    for (Message& message : out.first(filled)) overwriter_.apply(message);
    for (; told_ < log_->warnings().size(); ++told_) warn(log_->warnings()[told_]);
  }

 private:
  std::unique_ptr<LogReader> log_;
  Overwriter overwriter_;
  std::size_t told_ = 0;  // of the log's warnings
};

}  // namespace

Overwriter::Overwriter(Catalog catalog, const std::vector<std::string>& texts)
    : decoder_(of_names(std::move(catalog), texts)), raws_(decoder_.signals().size()) {
  const auto all = decoder_.signals();
  for (const std::string& text : texts) {
    const auto [name, value] = split(text);
    const Catalog one{.databases = {}, .patterns = {name}};
    bool found = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!selects(one, *all[i].first, *all[i].second)) continue;
      raws_[i] = raw_of(*all[i].second, value);
      found = true;
    }
    if (!found) fail(Errc::invalid, "no signal is named {}", quote(name));
  }
}

void Overwriter::apply(Message& message) {
  for (const Value& value : decoder_.decode(message).values)
    set_raw(message, *value.signal, raws_[value.number]);
}

std::unique_ptr<LogReader> overwritten(std::unique_ptr<LogReader> log, Overwriter overwriter) {
  return std::make_unique<Reader>(std::move(log), std::move(overwriter));
}

}  // namespace can::signals
