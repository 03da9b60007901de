// SPDX-License-Identifier: MIT
#include "libcan/fleet/mqtt_client.h"

#include <poll.h>
#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <random>

#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"

namespace can::fleet {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr auto kFirstPause = 500ms;
constexpr auto kLongestPause = 60s;
constexpr auto kStable = 5s;     // a connection that lasts so long was no failure
constexpr auto kPatience = 20s;  // for the broker's answer
constexpr int kKeepAlive = 30;   // seconds
constexpr int kPackets = 64;     // read or written at once
constexpr const char* kSystemAuthorities = "/etc/ssl/certs";

double random_part() {
  static thread_local std::minstd_rand source(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(source);
}

std::string random_name() {
  std::random_device source;
  return fmt::format("can-{:08x}{:08x}", source(), source());
}

/// TLS writes to a socket without the flag that prevents SIGPIPE.
void block_broken_pipes() {
  sigset_t pipes;
  sigemptyset(&pipes);
  sigaddset(&pipes, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void check_readable(const std::string& file) {
  if (!file.empty() && !std::ifstream(file)) fail_errno(file, errno);
  keep_as_input(file);
}

MqttClient& client_of(void* object) { return *static_cast<MqttClient*>(object); }

}  // namespace

MqttClient::MqttClient(const MqttOptions& options, MqttListener& listener)
    : library_(mosquitto()),
      url_(options.url),
      listener_(listener),
      connection_(library_.make(random_name().c_str(), true, this), Destroy{&library_}),
      backoff_(kFirstPause, kLongestPause) {
  if (!url_.tls && !options.plain && !is_this_machine(url_.broker.host))
    fail(Errc::invalid, "{}: without TLS everyone on the way can read and change it; use mqtts://",
         url_.text());
  if (!connection_) fail(Errc::io, "libmosquitto: no memory");
  set_up(options);
}

MqttClient::~MqttClient() { disconnect(); }

void MqttClient::set_up(const MqttOptions& options) {
  library_.set_option(connection_.get(), kMosquittoNoDelay, 1);
  if (url_.tls) set_up_tls(options.tls);
  if (!options.login_file.empty()) set_up_login(options.login_file);
  constexpr std::string_view kOffline = "offline";
  if (!options.will_topic.empty())
    check(library_.set_will(connection_.get(), options.will_topic.c_str(), kOffline.size(),
                            kOffline.data(), 1, true),
          "last will");
  set_callbacks();
}

void MqttClient::set_up_tls(const remote::TlsFiles& files) {
  for (const std::string* file : {&files.authorities, &files.certificate, &files.key})
    check_readable(*file);
  if (files.certificate.empty() != files.key.empty())
    fail(Errc::invalid, "a certificate and its key are given together");
  check(library_.set_tls(connection_.get(), or_null(files.authorities),
                         files.authorities.empty() ? kSystemAuthorities : nullptr,
                         or_null(files.certificate), or_null(files.key), nullptr),
        "TLS");
}

void MqttClient::set_up_login(const std::string& file) {
  std::ifstream input(file);
  keep_as_input(file);
  std::string line;
  if (!input) fail_errno(file, errno);
  std::getline(input, line);
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0)
    fail(Errc::invalid, "{}: expected USER:PASSWORD in its first line", file);
  check(library_.set_login(connection_.get(), line.substr(0, colon).c_str(),
                           line.substr(colon + 1).c_str()),
        "login");
}

void MqttClient::set_callbacks() {
  library_.on_connect(connection_.get(), [](Mosquitto*, void* object, int result) {
    client_of(object).on_answer(result);
  });
  library_.on_publish(connection_.get(), [](Mosquitto*, void* object, int id) {
    client_of(object).listener_.on_published(id);
  });
  library_.on_message(connection_.get(), [](Mosquitto*, void* object, const MosquittoMessage* m) {
    client_of(object).listener_.on_message(m->topic, {static_cast<const std::uint8_t*>(m->payload),
                                                      static_cast<std::size_t>(m->size)});
  });
}

void MqttClient::check(int result, std::string_view what) const {
  if (result == kMosquittoSuccess) return;
  fail(Errc::io, "{}: {}: {}", url_.text(), what,
       result == kMosquittoErrno ? std::strerror(errno) : library_.words_of(result));
}

void MqttClient::connect() {
  attempted_at_ = Clock::now();
  const int result =
      library_.connect(connection_.get(), url_.broker.host.c_str(), url_.broker.port, kKeepAlive);
  open_ = true;
  if (result > 0)
    lose(result == kMosquittoErrno ? std::strerror(errno) : library_.words_of(result));
}

void MqttClient::step(nanoseconds timeout) {
  block_broken_pipes();
  if (!open_ && Clock::now() >= next_attempt_) connect();
  if (!open_) timeout = std::min<nanoseconds>(timeout, next_attempt_ - Clock::now());
  const int socket = open_ ? library_.descriptor(connection_.get()) : -1;
  const short writing = socket >= 0 && library_.wants_to_write(connection_.get()) ? POLLOUT : 0;
  ::pollfd ready[] = {{.fd = wake_.descriptor(), .events = POLLIN, .revents = 0},
                      {.fd = socket, .events = static_cast<short>(POLLIN | writing), .revents = 0}};
  timeout = std::max(std::min<nanoseconds>(timeout, 1s), 0ns);
  const timespec limit = {.tv_sec = timeout / 1s, .tv_nsec = (timeout % 1s).count()};
  ::ppoll(ready, 2, &limit, nullptr);
  if (ready[0].revents != 0) wake_.clear();
  if (open_) serve(ready[1].revents);
}

void MqttClient::serve(short events) {
  int result = kMosquittoSuccess;
  if ((events & (POLLIN | POLLERR | POLLHUP)) != 0)
    result = library_.do_read(connection_.get(), kPackets);
  if (result == kMosquittoSuccess && (events & POLLOUT) != 0)
    result = library_.do_write(connection_.get(), kPackets);
  if (result == kMosquittoSuccess) result = library_.do_other(connection_.get());
  if (!open_) return;  // the broker refused
  if (result != kMosquittoSuccess)
    lose(result == kMosquittoErrno ? std::strerror(errno) : library_.words_of(result));
  else if (library_.descriptor(connection_.get()) < 0)
    lose("the connection ended");
  else if (!connected_ && Clock::now() - attempted_at_ > kPatience)
    lose("the broker doesn't answer");
}

void MqttClient::on_answer(int result) {
  if (result != 0) return lose(library_.words_of_refusal(result));
  connected_ = true;
  why_lost_.clear();
  connected_at_ = Clock::now();
  if (!last_notice_.empty()) say_once(fmt::format("{}: connected", url_.text()));
  last_notice_.clear();
  listener_.on_connected();
}

/// The text of each kind of failure once, not at every attempt.
void MqttClient::say_once(std::string text) {
  if (text == last_notice_) return;
  last_notice_ = std::move(text);
  listener_.on_notice(last_notice_);
}

void MqttClient::lose(std::string_view why) {
  if (connected_ && Clock::now() - connected_at_ > kStable) backoff_.reset();
  why_lost_ = why;
  say_once(fmt::format("{}: {}; connecting again", url_.text(), why));
  open_ = connected_ = false;
  next_attempt_ = Clock::now() + backoff_.next(random_part());
}

int MqttClient::publish(const std::string& topic, std::string_view payload, int qos, bool retain) {
  int id = 0;
  if (connected_)
    library_.publish(connection_.get(), &id, topic.c_str(), static_cast<int>(payload.size()),
                     payload.data(), qos, retain);
  return id;
}

void MqttClient::subscribe(const std::string& pattern, int qos) {
  library_.subscribe(connection_.get(), nullptr, pattern.c_str(), qos);
}

void MqttClient::disconnect() {
  if (!open_) return;
  library_.disconnect(connection_.get());
  const auto end = Clock::now() + 1s;
  while (library_.descriptor(connection_.get()) >= 0 && Clock::now() < end &&
         library_.wants_to_write(connection_.get()))
    library_.do_write(connection_.get(), kPackets);
  open_ = connected_ = false;
}

}  // namespace can::fleet
