// SPDX-License-Identifier: MIT
#include "apps/print_bus.h"

#include "formats/registry/registry.h"
#include "libcan/platform/wake_up.h"

namespace can::cli {
namespace {

class PrintBus final : public Bus {
 public:
  int descriptor() const override { return never_.descriptor(); }
  std::string name() const override { return "standard output"; }

 protected:
  std::size_t send_some(std::span<const Message> messages) override {
    log_->write(messages);
    log_->flush();
    return messages.size();
  }
  std::size_t receive_any(std::span<Message>, std::chrono::nanoseconds) override { return 0; }

 private:
  const WakeUp never_;
  const std::unique_ptr<LogWriter> log_ =
      create_log("-", {.options = {{"direction", "none"}}}, &format_named("candump"));
};

}  // namespace

std::unique_ptr<Bus> open_print_bus() { return std::make_unique<PrintBus>(); }

}  // namespace can::cli
