// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "libcan/platform/descriptor.h"
#include "libcan/platform/wake_up.h"
#include "tests/support/adapter.h"

/// Emulated adapters on one emulated bus, each on a serial line of its own: a pseudo-terminal, or a
/// TCP connection, of which each is a new adapter. A thread of its own runs them. Any thread may
/// use it.
class AdapterHub {
 public:
  /// `kind`: see make_adapter().
  explicit AdapterHub(std::string kind);
  ~AdapterHub();

  std::string tcp_channel() const;  ///< "tcp://127.0.0.1:4711"

  /// A new adapter on a pseudo-terminal; its path is the host's side.
  std::string plug_in();
  /// Takes it away, as a USB plug is pulled.
  void unplug(const std::string& path);

  /// The adapter on `path`, or every one, sends these bytes to its host.
  void say(std::string bytes, const std::string& path = {});
  /// See Adapter::control().
  void control(std::string_view command);
  /// Everything that hosts have sent, in order.
  std::string heard() const;
  /// While it's on, no adapter reads what its host sends.
  void stop_reading(bool on);

 private:
  struct End {
    can::Descriptor descriptor;
    can::Descriptor host_side;  // of a pseudo-terminal, so that it lives while nobody has it open
    std::unique_ptr<Adapter> adapter;
    std::string path, unsent;
    bool gone = false;
  };

  void run(const std::stop_token& stop);
  void accept_all();
  bool accept();
  void read(End& end);
  void write(End& end);
  void put_on_bus(const End& from, const std::string& packet);

  const std::string kind_;
  can::Descriptor listening_;
  const can::WakeUp wake_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<End>> ends_;
  std::string heard_;
  bool reads_ = true;
  std::jthread thread_;
};
