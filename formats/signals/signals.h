// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cansuite/formats.h"
#include "cansuite/signals.h"
#include "formats/signals/number_text.h"
#include "formats/support/log_decoder.h"
#include "formats/support/text_writer.h"

namespace can::signals {

/// Writers of decoded signals; LogOptions::signals says by which databases.
std::unique_ptr<LogWriter> create_json_writer(std::unique_ptr<Sink>, const LogOptions&);
std::unique_ptr<LogWriter> create_csv_writer(std::unique_ptr<Sink>, const LogOptions&);

/// The same, with a row a step of time, for both.
std::unique_ptr<LogWriter> create_wide_writer(std::unique_ptr<Sink>, const LogOptions&, TextStyle);

/// A text that is copied by put_blocks().
class BlockText {
 public:
  explicit BlockText(std::string text) : text_(std::move(text)), size_(text_.size()) {
    text_.resize(size_ + kBlock);
  }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::string text_;
  std::size_t size_;
};

/// The texts of a signal, ready for the format.
struct SignalTexts {
  BlockText before;                  ///< what stands before the value
  BlockText after;                   ///< what stands behind it
  std::vector<std::string> texts{};  ///< of Signal::values
};

}  // namespace can::signals
