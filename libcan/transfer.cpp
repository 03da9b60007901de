// SPDX-License-Identifier: MIT
#include "libcan/transfer.h"

#include <algorithm>
#include <thread>

#include "libcan/batch_queue.h"
#include "libcan/duration.h"

namespace can {
namespace {

constexpr std::size_t kBatch = 2048, kBatches = 8;

}  // namespace

LogTime parse_log_time(std::string_view text) {
  using namespace std::chrono_literals;
  const bool since_epoch = text.starts_with('@');
  return {parse_duration(text.substr(since_epoch ? 1 : 0), 1s), since_epoch};
}

std::size_t Transfer::select(std::span<Message> batch) {
  if (batch.empty()) return 0;
  if (!first_) first_ = batch.front().timestamp;
  if (selection_.filters.empty() && !selection_.start && !selection_.end) return batch.size();
  const auto unwanted = [&](const Message& m) {
    return (selection_.start && m.timestamp < selection_.start->absolute(*first_)) ||
           (selection_.end && m.timestamp >= selection_.end->absolute(*first_)) ||
           !matches(selection_.filters, m);
  };
  return static_cast<std::size_t>(std::remove_if(batch.begin(), batch.end(), unwanted) -
                                  batch.begin());
}

void Transfer::run(const std::function<LogWriter&()>& open_writer,
                   const std::function<void(std::span<const Message>)>& on_batch) {
  BatchQueue queue(kBatch * kBatches, kBatch);
  std::jthread reading([&] {
    try {
      for (auto places = queue.reserve(); !places.empty(); places = queue.reserve()) {
        const std::size_t count = reader_.read(places);
        if (count == 0) break;
        queue.commit(select(places.first(count)));
      }
      queue.finish();
    } catch (...) {
      queue.finish(std::current_exception());
    }
  });
  struct Cancel {
    BatchQueue& queue;
    ~Cancel() { queue.cancel(); }
  } cancel{queue};

  auto batch = queue.wait(std::chrono::nanoseconds::max());
  LogWriter& writer = open_writer();
  for (; !batch.empty(); batch = queue.wait(std::chrono::nanoseconds::max())) {
    writer.write(batch);
    on_batch(batch);
    queue.release(batch.size());
  }
}

}  // namespace can
