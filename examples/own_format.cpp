// SPDX-License-Identifier: MIT
// A log format of one's own, of ids in hexadecimal, a line each. It is then known to open_log() and
// create_log(): own_format FROM TO, where either may be *.ids
#include <cansuite/cansuite.h>
#include <cansuite/plugin.h>

#include <iostream>

namespace {

class IdsWriter final : public can::LogWriter {
 public:
  explicit IdsWriter(std::unique_ptr<can::Sink> sink) : sink_(std::move(sink)) {}
  void write(std::span<const can::Message> messages) override {
    std::string lines;
    for (const can::Message& m : messages) lines += can::format_frame(m).substr(0, 3) + '\n';
    sink_->write(lines);
    size_ += lines.size();
  }
  void flush() override { sink_->flush(); }
  std::uint64_t size() const override { return size_; }
  void close() override { sink_->close(); }

 private:
  std::unique_ptr<can::Sink> sink_;
  std::uint64_t size_ = 0;
};

constexpr std::string_view kExtensions[] = {".ids"};
const can::Format kIds = {
    .name = "ids",
    .title = "list of ids",
    .extensions = kExtensions,
    .keeps = {},
    .create = [](std::unique_ptr<can::Sink> sink, const can::LogOptions&)
        -> std::unique_ptr<can::LogWriter> { return std::make_unique<IdsWriter>(std::move(sink)); },
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  can::register_format(kIds);
  const auto from = can::open_log(argv[1]);
  const auto to = can::create_log(argv[2]);
  for (const can::Message& message : from->messages()) to->write(message);
  to->close();
} catch (const can::Error& error) {
  std::cerr << "own_format: " << error.what() << '\n';
  return 1;
}
