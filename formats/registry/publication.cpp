// SPDX-License-Identifier: MIT
#include "formats/registry/publication.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "formats/registry/closing_writer.h"
#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "formats/support/gzip.h"
#include "libcan/canb/canb.h"
#include "libcan/fleet/mqtt_options.h"
#include "libcan/fleet/publisher.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/quantity.h"
#include "libcan/platform/interruption.h"

namespace can {
namespace {

using namespace fleet;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr Option kSpool = {
    .name = "spool", .help = "disk space for what waits", .unset = "1G; to convert 64M"};
constexpr Option kSpoolDir = {
    .name = "spool-dir", .help = "folder for what waits", .unset = "in ~/.local/state"};
constexpr Option kBatch = {.name = "batch",
                           .help = "longest time to collect messages",
                           .kind = OptionKind::duration,
                           .preset = "1s",
                           .min = nanoseconds(1ms).count(),
                           .max = nanoseconds(1h).count()};
constexpr Option kAckTimeout = {.name = "ack-timeout",
                                .help = "give up after so long without progress",
                                .kind = OptionKind::duration,
                                .preset = "30s",
                                .min = nanoseconds(1s).count(),
                                .max = nanoseconds(24h).count()};
constexpr std::string_view kPayloads[] = {"canb", "candump"};
constexpr Option kPayload = {.name = "payload",
                             .help = "canb, or text in gzip, without a sink",
                             .kind = OptionKind::word,
                             .preset = kPayloads[0],
                             .words = kPayloads};
constexpr Option kTxAllow = {
    .name = "tx-allow", .help = "what others may send, such as 7E0:7F8", .unset = "none"};
constexpr Option kOptions[] = {kSpool,
                               kSpoolDir,
                               kBatch,
                               kAckTimeout,
                               kLogOptions.login_file,
                               kLogOptions.tls_ca,
                               kLogOptions.tls_cert,
                               kLogOptions.tls_key,
                               kLogOptions.plain,
                               kPayload,
                               kTxAllow};

constexpr std::string_view kLimit = "1G", kLimitOfConversion = "64M";
constexpr auto kGoodbye = 2s;

std::string text(const LogOptions& options, const Option& option) {
  return std::string(text_of(options.options, option));
}

/// Where the spools of recordings are. Source: XDG Base Directory Specification 0.8.
std::string state_folder() {
  for (const auto& [variable, below] : {std::pair("XDG_STATE_HOME", ""), {"HOME", "/.local/state"}})
    if (const char* const folder = std::getenv(variable); folder && *folder == '/')
      return std::string(folder) + below;
  fail(Errc::invalid, "expected --spool-dir FOLDER, as there is no home folder");
}

/// Collects the bytes of a log.
class TextSink final : public Sink {
 public:
  explicit TextSink(std::string& text) : text_(text) {}
  void write(std::string_view bytes) override { text_ += bytes; }
  void close() override {}
  std::string_view name() const override { return "payload"; }

 private:
  std::string& text_;
};

/// A batch as candump's lines in gzip.
std::string candump_of(std::string_view batch) {
  std::vector<Message> messages;
  canb::decode({reinterpret_cast<const std::uint8_t*>(batch.data()), batch.size()}, messages);
  std::string text;
  const auto log = find_format("candump")->create(gzip(std::make_unique<TextSink>(text)), {});
  log->write(messages);
  log->close();
  return text;
}

Filters tx_allow(const LogOptions& options) {
  const std::string ids = text(options, kTxAllow);
  return ids.empty() ? Filters{} : parse_filters({&ids, 1});
}

/// A folder for one log, removed with it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "cansuite-XXXXXX").string();
    if (!::mkdtemp(name.data())) fail_errno(name, errno);
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class PublishedLog final : public LogWriter {
 public:
  /// `bus`: null where no bus is recorded.
  PublishedLog(const std::string& url, const LogOptions& options, const PublishedBus* bus)
      : url_(url),
        recording_(bus),
        by_broker_(text(options, kPayload) == kPayloads[1]),
        on_lost_(bus ? bus->on_lost : nullptr),
        patience_(duration_of(options.options, kAckTimeout)),
        on_notice_(options.on_notice),
        publisher_(publisher_options(options, bus ? *bus : PublishedBus())) {}

  void write(std::span<const Message> messages) override {
    const auto begin = Clock::now();
    while (!messages.empty()) {
      publisher_.write(messages, kLook);
      if (!messages.empty()) check_progress(begin);
    }
  }
  void flush() override {}  // a batch closes by its age
  std::uint64_t size() const override { return publisher_.bytes(); }

  void close() override {
    const auto begin = Clock::now();
    publisher_.finish();
    if (recording_)
      take_leave();
    else
      wait_for_sink(begin);
  }

 private:
  static constexpr auto kLook = 100ms;

  PublisherOptions publisher_options(const LogOptions& options, const PublishedBus& bus) {
    const MqttOptions mqtt = kLogOptions.read(parse_url(url_), options.options);
    std::string limit = text(options, kSpool);
    if (limit.empty()) limit = recording_ ? kLimit : kLimitOfConversion;
    return {.mqtt = mqtt,
            .spool_folder = spool_folder(mqtt.url, options),
            .spool_limit = parse_size(limit),
            .full = recording_ ? Spool::Full::drop : Spool::Full::wait,
            .batch = duration_of(options.options, kBatch),
            .render = by_broker_ ? candump_of : nullptr,
            .dropped = bus.lost,
            .on_tx = bus.send,
            .tx_allow = tx_allow(options),
            .on_notice = on_notice_};
  }

  std::string spool_folder(const Url& url, const LogOptions& options) {
    if (std::string given = text(options, kSpoolDir); !given.empty()) return given;
    if (!recording_) return scratch_.emplace().path();
    return fmt::format("{}/cansuite/spool/{}", state_folder(), file_name_text(url.text()));
  }

  /// Of a log that is converted. The messages may have come slowly: what counts is the waiting.
  void check_progress(Clock::time_point waiting_since) {
    if (recording_) return;
    check_losses();
    if (interruption::requested()) fail(Errc::io, "{}: interrupted", url_);
    if (Clock::now() - std::max(publisher_.heard(), waiting_since) > patience_) give_up();
  }

  [[noreturn]] void give_up() const {
    if (const std::string why = publisher_.unreached(); !why.empty())
      fail(Errc::io, "{}: the broker {} is not reached: {}; nothing was acknowledged for {}", url_,
           to_string(parse_url(url_).broker), why, to_text(patience_));
    if (by_broker_)
      fail(Errc::io, "{}: the broker has acknowledged nothing for {}", url_, to_text(patience_));
    fail(Errc::io, "{}: no sink has acknowledged anything for {}; is one running?", url_,
         to_text(patience_));
  }

  void wait_for_sink(Clock::time_point begin) {
    while (!publisher_.wait_acknowledged(kLook)) check_progress(begin);
    check_losses();
  }

  /// A log that is converted is published whole, or that is an error.
  void check_losses() const {
    for (const std::string& line : losses()) fail(Errc::io, "{}", line);
  }

  /// What was lost, and why.
  std::vector<std::string> losses() const {
    const Spool::Losses lost = publisher_.losses();
    std::vector<std::string> lines;
    for (const auto& [count, why] : {std::pair(lost.full, "the spool was full"),
                                     {lost.refused, "the disk of the spool didn't take them"},
                                     {lost.removed, "the spool was removed or moved"}})
      if (count > 0)
        lines.push_back(fmt::format("{}: {} lost as {}", url_, counted(count, "message"), why));
    return lines;
  }

  void take_leave() {
    const bool all = publisher_.wait_acknowledged(kGoodbye);
    for (const std::string& line : losses()) say(line);
    if (on_lost_) on_lost_(publisher_.losses().own);
    if (!all && publisher_.waiting() > 0)
      say(fmt::format("{}: not acknowledged yet, {} bytes stay in {} for the next recording", url_,
                      grouped(publisher_.waiting()), publisher_.spool_folder()));
  }

  void say(const std::string& line) const {
    if (on_notice_) on_notice_(line);
  }

  const std::string url_;
  const bool recording_;
  const bool by_broker_;  // acknowledged, as text is
  const std::function<void(std::uint64_t)> on_lost_;
  const std::chrono::nanoseconds patience_;
  const std::function<void(const std::string&)> on_notice_;
  std::optional<ScratchFolder> scratch_;
  Publisher publisher_;
};

}  // namespace

constinit const Format kPublication = {
    .name = "mqtt",
    .title = "publication at an MQTT broker",
    .extensions = {},
    .keeps = keeps_all(),
    .options = kOptions,
};

bool is_publication(const std::string& name) { return is_url(name); }

std::unique_ptr<LogWriter> publish(const std::string& url, const LogOptions& options) {
  check_writable(url, kPublication, options);
  return std::make_unique<ClosingWriter>(std::make_unique<PublishedLog>(url, options, nullptr),
                                         url);
}

std::unique_ptr<LogWriter> publish(const std::string& url, const LogOptions& options,
                                   const PublishedBus& bus) {
  check_writable(url, kPublication, options);
  return std::make_unique<ClosingWriter>(std::make_unique<PublishedLog>(url, options, &bus), url);
}

}  // namespace can
