// SPDX-License-Identifier: MIT
#include <string>
#include <utility>
#include <vector>

#include "formats/canb/batches.h"
#include "formats/canb/canb.h"
#include "formats/support/compression_level.h"
#include "formats/support/ordered_pool.h"
#include "libcan/model/fail.h"

namespace can::canb {
namespace {

constexpr unsigned kMaxThreads = 8;
constexpr std::size_t kUsualFrame = 4;  // bytes of a compressed frame

/// A batch: filled with messages, encoded on any thread, written in order.
struct Job {
  explicit Job(int level) : encoder(level) {}

  Encoder encoder;
  BatchInfo info;
  std::size_t frames = 0;
  std::string bytes;
};

std::vector<Job> jobs_for(unsigned threads, int level) {
  std::vector<Job> jobs;
  for (unsigned i = 0; i < 2 * threads; ++i) jobs.emplace_back(level);
  return jobs;
}

/// Passes the next sound batch; false at the end.
bool next_batch(BatchReader& batches) {
  for (Batch batch;;) try {
      return batches.next(batch);
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt) throw;
    }
}

class Writer final : public LogWriter {
 public:
  Writer(std::unique_ptr<Sink> sink, const LogOptions& options)
      : sink_(std::move(sink)),
        jobs_(jobs_for(thread_count(options.threads, kMaxThreads),
                       static_cast<int>(number_of(options.options, kCompressionLevel)))),
        pool_(thread_count(options.threads, kMaxThreads), jobs_.size(), [this](std::size_t at) {
          jobs_[at].bytes = jobs_[at].encoder.take(jobs_[at].info);
        }) {
    if (sink_->start() > 0) continue_log(options);
  }

  void write(std::span<const Message> messages) override {
    waiting_ += messages.size();
    while (!messages.empty()) {
      Job& job = open(messages.front());
      messages = messages.subspan(job.encoder.add(messages));
      if (job.encoder.full()) seal();
    }
  }

  void flush() override {
    write_all();
    sink_->flush();
  }

  std::uint64_t size() const override { return size_ + waiting_ * kUsualFrame; }

  void close() override {
    if (size_ == 0 && next_.number == 0) seal();
    write_all();
    sink_->close();
  }

 private:
  /// Finds the end of the last batch. An incomplete one, from a writer that was killed, is cut off.
  void continue_log(const LogOptions& options) {
    BatchReader batches(sink_->existing());
    while (next_batch(batches)) size_ = batches.offset();
    const std::uint64_t behind = sink_->start() - size_;
    if (behind == 0) return;
    sink_->cut(size_);
    if (options.on_notice)
      options.on_notice(
          fmt::format("{}: cut off an end without a whole batch, {} bytes", sink_->name(), behind));
  }

  /// The batch that is being filled; `first` is the next message.
  Job& open(const Message& first) {
    while (pool_.full()) write_oldest();
    Job& job = jobs_[pool_.next()];
    if (next_.number == 0 && job.encoder.frames() == 0)
      next_.run = static_cast<std::uint64_t>(first.timestamp.count());
    return job;
  }

  void seal() {
    while (pool_.full()) write_oldest();
    Job& job = jobs_[pool_.next()];
    job.info = next_;
    job.frames = job.encoder.frames();
    ++next_.number;
    next_.first_frame += job.frames;
    pool_.start();
  }

  void write_oldest() {
    const Job& job = jobs_[pool_.oldest()];
    sink_->write(job.bytes);
    size_ += job.bytes.size();
    waiting_ -= job.frames;
    pool_.release();
  }

  void write_all() {
    if (!pool_.full() && jobs_[pool_.next()].encoder.frames() > 0) seal();
    while (!pool_.empty()) write_oldest();
  }

  const std::unique_ptr<Sink> sink_;
  BatchInfo next_;             // of the batch that is being filled
  std::uint64_t size_ = 0;     // of the file, bytes
  std::uint64_t waiting_ = 0;  // messages that aren't in the file
  std::vector<Job> jobs_;
  OrderedPool pool_;  // last, as its threads use the jobs
};

}  // namespace

std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options) {
  return std::make_unique<Writer>(std::move(sink), options);
}

}  // namespace can::canb
