// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "cansuite/log.h"
#include "formats/support/text_writer.h"

namespace can {

/// Writes a log through a TextWriter. A derived class writes the messages.
class TextLogWriter : public LogWriter {
 public:
  void flush() final { out_.flush(); }
  std::uint64_t size() const final { return out_.size(); }
  void close() override { out_.close(); }

 protected:
  explicit TextLogWriter(std::unique_ptr<Sink> sink) : out_(std::move(sink)) {}

  TextWriter out_;
};

}  // namespace can
