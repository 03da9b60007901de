// SPDX-License-Identifier: MIT
#include "cansuite/selection.h"

#include <algorithm>

#include "libcan/model/duration.h"
#include "libcan/model/fail.h"

namespace can {

LogTime parse_log_time(std::string_view text) {
  using namespace std::chrono_literals;
  const bool since_epoch = text.starts_with('@');
  return {parse_duration(text.substr(since_epoch ? 1 : 0), 1s), since_epoch};
}

unsigned parse_kinds(std::string_view text) {
  unsigned kinds = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const unsigned kind = word == "data"     ? data_kind
                          : word == "fd"     ? fd_kind
                          : word == "remote" ? remote_kind
                          : word == "error"  ? error_kind
                                             : 0u;
    if (kind == 0) fail(Errc::invalid, "expected data, fd, remote or error, got {}", quote(word));
    kinds |= kind;
  }
  if (kinds == 0) fail(Errc::invalid, "expected data, fd, remote or error, got nothing");
  return kinds;
}

bool Selection::wants(const Message& m, std::chrono::nanoseconds first) const {
  const unsigned kind = m.error ? error_kind : m.remote ? remote_kind : m.fd ? fd_kind : data_kind;
  if ((kinds & kind) == 0) return false;
  if (start && m.timestamp < start->absolute(first)) return false;
  if (end && m.timestamp >= end->absolute(first)) return false;
  return matches(filters, m);
}

bool Selection::wants(Channel channel) const {
  const auto same = [channel](Channel wanted) { return same_channel(wanted, channel); };
  return channels.empty() || std::any_of(channels.begin(), channels.end(), same);
}

bool Selection::everything() const {
  return filters.empty() && channels.empty() && !start && !end && kinds == Selection{}.kinds;
}

bool Selector::wants(const Message& m) {
  std::optional<bool>& wanted = wanted_[m.channel];
  if (!wanted) wanted = selection_.wants(m.channel);
  return *wanted && selection_.wants(m, *first_);
}

std::size_t Selector::keep_wanted(std::span<Message> batch) {
  if (batch.empty()) return 0;
  if (!first_) first_ = batch.front().timestamp;
  if (selection_.everything()) return batch.size();
  return static_cast<std::size_t>(
      std::remove_if(batch.begin(), batch.end(), [this](const Message& m) { return !wants(m); }) -
      batch.begin());
}

}  // namespace can
