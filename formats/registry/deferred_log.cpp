// SPDX-License-Identifier: MIT
#include "formats/registry/deferred_log.h"

#include <string>
#include <utility>
#include <vector>

namespace can {
namespace {

constexpr std::size_t kMostRemarks = 100;  // of a bus that has much to say before its first message

class DeferredLog final : public LogWriter {
 public:
  DeferredLog(std::unique_ptr<Sink> sink, const Format& format, LogOptions options)
      : sink_(std::move(sink)), format_(format), options_(std::move(options)) {}

  void write(std::span<const Message> messages) override {
    if (messages.empty()) return;
    if (!writer_) open();
    writer_->write(messages);
  }
  void comment(std::string_view text) override {
    if (writer_)
      writer_->comment(text);
    else if (remarks_.size() < kMostRemarks)
      remarks_.emplace_back(text);
  }
  void flush() override {
    if (writer_) writer_->flush();
  }
  std::uint64_t size() const override { return writer_ ? writer_->size() : 0; }
  void close() override {
    sink_.reset();  // without a word to the file
    if (writer_) writer_->close();
  }

 private:
  void open() {
    writer_ = format_.create(std::move(sink_), options_);
    for (const std::string& remark : std::exchange(remarks_, {})) writer_->comment(remark);
  }

  std::unique_ptr<Sink> sink_;  // until there is a writer
  const Format& format_;
  LogOptions options_;
  std::vector<std::string> remarks_;
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace

std::unique_ptr<LogWriter> create_deferred_log(std::unique_ptr<Sink> sink, const Format& format,
                                               const LogOptions& options) {
  return std::make_unique<DeferredLog>(std::move(sink), format, options);
}

}  // namespace can
