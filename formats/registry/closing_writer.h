// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "cansuite/log.h"
#include "libcan/platform/storage.h"

namespace can {

/// A log that is complete however it is left: the destructor closes it, a second close() does
/// nothing, and writing to a closed log is an error. Counts the messages of a recording for its
/// storage. Not thread-safe.
class ClosingWriter final : public LogWriter {
 public:
  /// `name` begins the error of a write behind close(): "drive.asc".
  ClosingWriter(std::unique_ptr<LogWriter> log, std::string name)
      : log_(std::move(log)), name_(std::move(name)) {}
  /// For a recording; `storage` must outlive this. `size_exact`: see LogWriter::size().
  ClosingWriter(std::unique_ptr<LogWriter> log, std::string name, Storage* storage, bool size_exact)
      : log_(std::move(log)), name_(std::move(name)), storage_(storage), size_exact_(size_exact) {}
  ~ClosingWriter() override;  ///< closes; an error is lost, so call close()

  void write(std::span<const Message> messages) override;  ///< Errc::invalid behind close()
  void flush() override;                                   ///< nothing behind close()
  void close() override;
  std::uint64_t size() const override { return log_->size(); }

 protected:
  bool put_event(std::string_view text, std::optional<std::chrono::nanoseconds> at) override;

 private:
  LogWriter& open();

  std::unique_ptr<LogWriter> log_;
  const std::string name_;
  Storage* const storage_ = nullptr;  // null: none counts
  const bool size_exact_ = false;
  bool closed_ = false;
};

}  // namespace can
