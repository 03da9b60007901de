// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cansuite/tls_files.h"
#include "libcan/fleet/backoff.h"
#include "libcan/fleet/mosquitto.h"
#include "libcan/fleet/url.h"
#include "libcan/platform/wake_up.h"

namespace can::fleet {

/// How a broker is connected to.
struct MqttOptions {
  Url url{};
  remote::TlsFiles tls{};    ///< for mqtts://; without authorities those of the system
  std::string login_file{};  ///< its first line: USER:PASSWORD; "": none
  bool plain = false;        ///< mqtt:// to other machines is allowed
  std::string will_topic{};  ///< gets "offline", retained, when the connection is lost; "": none
};

/// Is told what happens to the connection, on the thread that calls MqttClient::step().
class MqttListener {
 public:
  virtual ~MqttListener() = default;
  virtual void on_connected() = 0;                      ///< subscribe now
  virtual void on_notice(const std::string& text) = 0;  ///< the connection is lost, or back
  /// A message; the views are valid during the call.
  virtual void on_message(std::string_view topic, std::span<const std::uint8_t> payload) = 0;
  virtual void on_published(int) {}  ///< the broker has a message of quality of service 1
};

/// A connection to an MQTT broker, which is made again whenever it is lost: after half a second at
/// first, up to a minute. One thread calls all functions but wake(). Uses libmosquitto, version
/// 3.1.1 of the protocol, sessions without a past.
class MqttClient {
 public:
  /// Doesn't connect yet. Throws Errc::not_found without the library or a file, Errc::invalid for
  /// mqtt:// to another machine without MqttOptions::plain and for a bad login file.
  MqttClient(const MqttOptions& options, MqttListener& listener);
  ~MqttClient();  ///< disconnects
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// Waits up to `timeout` for anything to do, and does it: connects, reads, writes.
  void step(std::chrono::nanoseconds timeout);
  /// Ends the waiting of step(), from any thread.
  void wake() const noexcept { wake_.signal(); }

  bool connected() const { return connected_; }
  /// Why there is no connection; "" while there is one.
  const std::string& why_lost() const { return why_lost_; }
  /// Whether all that was published has left; more is worth publishing then.
  bool idle() const { return connected_ && !library_.wants_to_write(connection_.get()); }
  /// Without effect while there is no connection. Returns the message's number in on_published().
  int publish(const std::string& topic, std::string_view payload, int qos = 0, bool retain = false);
  void subscribe(const std::string& pattern, int qos = 0);
  /// Ends the connection in order, without the last will.
  void disconnect();

 private:
  using Clock = std::chrono::steady_clock;
  struct Destroy {
    const MosquittoFunctions* library;
    void operator()(Mosquitto* connection) const { library->destroy(connection); }
  };

  void set_up(const MqttOptions& options);
  void set_up_tls(const remote::TlsFiles& files);
  void set_up_login(const std::string& file);
  void set_callbacks();
  void connect();
  void serve(short events);
  void lose(std::string_view why);
  void on_answer(int result);
  void say_once(std::string text);
  void check(int result, std::string_view what) const;

  const MosquittoFunctions& library_;
  const Url url_;
  MqttListener& listener_;
  std::unique_ptr<Mosquitto, Destroy> connection_;
  WakeUp wake_;
  Backoff backoff_;
  Clock::time_point next_attempt_, connected_at_, attempted_at_;
  bool open_ = false;       // connected, or connecting
  bool connected_ = false;  // the broker has answered
  std::string last_notice_;
  std::string why_lost_ = "no answer yet";
};

}  // namespace can::fleet
