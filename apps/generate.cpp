// SPDX-License-Identifier: MIT
#include "apps/generate.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "apps/console.h"
#include "apps/values.h"
#include "libcan/flow/generator.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/hex.h"
#include "libcan/platform/signals.h"

namespace can::cli {
namespace {

using namespace std::chrono_literals;
using Choice = Generator::Choice;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 64;    // frames sent by one call, without a gap
constexpr auto kMostOverdue = 100ms;  // what a full bus delayed further isn't made up for

/// "random", "increment", also as the letters of cangen; anything else is a fixed value.
Choice choice_of(const std::string& text) {
  if (text == "random" || text == "r") return Choice::random;
  return text == "increment" || text == "i" ? Choice::increment : Choice::fixed;
}

std::uint32_t number(std::string_view option, const std::string& text, int base,
                     std::uint32_t limit) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value > limit)
    fail(Errc::invalid, "{}: expected random, increment or a number of at most {}, got {}", option,
         base == 16 ? fmt::format("{:X}", limit) : std::to_string(limit), quote(text));
  return value;
}

/// The number of bytes.
std::size_t parse_data(const std::string& text, std::span<std::uint8_t> out) {
  const std::size_t count = text.size() / 2;
  if (text.size() % 2 != 0 || count > out.size() || !get_hex(text, out.first(count)))
    fail(Errc::invalid,
         "--data: expected random, increment or up to 64 bytes such as 1122AA, got {}",
         quote(text));
  return count;
}

std::uint64_t seed_of(const Program& program, const std::string& text) {
  if (!text.empty()) return std::stoull(text);  // whole_number() has checked it
  const std::uint64_t seed = std::random_device()();
  program.say_verbose(fmt::format("--seed {} sends the same frames again", seed));
  return seed;
}

void choose_values(const GenerateOptions& options, Generator::Options& out) {
  if (out.id == Choice::fixed) {
    out.fixed_id = number("--id", options.id, 16, kExtendedIdMask);
    out.extended |= options.id.size() == 8 || out.fixed_id > kStandardIdMask;
  }
  if (out.data == Choice::fixed) {
    out.fixed_length = static_cast<std::uint8_t>(parse_data(options.data, out.fixed_data));
    if (options.length == "random") out.length = Choice::fixed;  // the data's own
  }
  if (choice_of(options.length) == Choice::fixed)
    out.fixed_length =
        static_cast<std::uint8_t>(number("--length", options.length, 10, out.fd ? 64 : 8));
  if (out.remote && out.fd) fail(Errc::invalid, "--remote: CAN FD has no remote frames");
  if (out.brs && !out.fd) fail(Errc::invalid, "--brs needs --fd");
}

Generator::Options options_of(const Program& program, const GenerateOptions& options, bool fd) {
  Generator::Options out = {.id = choice_of(options.id),
                            .length = choice_of(options.length),
                            .data = choice_of(options.data),
                            .extended = options.extended,
                            .remote = options.remote,
                            .fd = fd,
                            .brs = options.brs,
                            .mixed = options.mixed};
  choose_values(options, out);
  out.seed = seed_of(program, options.seed);
  return out;
}

/// Generated frames on their way to the bus.
class Sending {
 public:
  Sending(Bus& bus, const Generator::Options& frames, std::chrono::nanoseconds wait,
          LogWriter* copy)
      : bus_(bus), generator_(frames), wait_(wait), copy_(copy) {}

  void send(std::size_t count) {
    batch_.resize(count);
    for (Message& message : batch_) {
      message = generator_.next();
      message.timestamp = std::chrono::system_clock::now().time_since_epoch();
      message.transmitted = true;
    }
    std::span<const Message> rest = batch_;
    while (!rest.empty()) {
      const std::size_t sent = send_some(rest);
      if (copy_) copy_->write(rest.first(sent));
      sent_ += sent;
      rest = rest.subspan(sent);
    }
    if (copy_) copy_->flush();
  }

  std::uint64_t sent() const { return sent_; }

 private:
  /// At least one frame: bus_.send() doesn't tell how many it took before it failed.
  std::size_t send_some(std::span<const Message> messages) {
    if (const std::size_t sent = bus_.send_now(messages)) return sent;
    bus_.send(messages.first(1), wait_);
    return 1;
  }

  Bus& bus_;
  Generator generator_;
  const std::chrono::nanoseconds wait_;
  LogWriter* const copy_;
  std::vector<Message> batch_;
  std::uint64_t sent_ = 0;
};

/// The number of frames that are sent before the next gap.
std::size_t burst_of(const GenerateOptions& options, std::chrono::nanoseconds gap) {
  return gap > 0ns ? options.burst : std::max<std::size_t>(options.burst, kBatch);
}

void run(Sending& sending, Signals& signals, const GenerateOptions& options,
         const SendingLimits& limits) {
  const auto gap = parse_duration(options.gap, 1ms);
  const auto start = Clock::now();
  const std::uint64_t burst = burst_of(options, gap);
  for (auto due = start;;) {
    sending.send(std::min(burst, limits.count - sending.sent()));
    if (sending.sent() >= limits.count) return;
    const auto now = Clock::now();
    due = std::max(due + gap, now - kMostOverdue);
    if (std::max(due, now) - start >= limits.duration) return;
    if (signals.wait_until(due) != 0) return;
  }
}

void say_count(const Program& program, const Sending& sending, Clock::time_point start) {
  program.say(fmt::format("{} sent in {}", counted(sending.sent(), "frame"),
                          to_text(Clock::now() - start)));
}

}  // namespace

void add_generate_options(CLI::App& app, GenerateOptions& options) {
  CLI::Option* generate =
      app.add_flag("--generate", options.wanted, "Send frames that are made up, as cangen")
          ->group("Generated frames");
  const auto add = [&](const char* names, auto& value, const char* metavar, const char* help) {
    return app.add_option(names, value, help)
        ->type_name(metavar)
        ->needs(generate)
        ->group("Generated frames");
  };
  const auto flag = [&](const char* names, bool& value, const char* help) {
    app.add_flag(names, value, help)->needs(generate)->group("Generated frames");
  };
  add("-I,--id", options.id, "ID", "Ids: random, increment or one; r, i [random]");
  add("-L,--length", options.length, "N", "Numbers of bytes, in the same way [random]");
  add("-D,--data", options.data, "BYTES", "Data, in the same way [random]");
  flag("-e,--extended", options.extended, "Extended ids");
  flag("-R,--remote", options.remote, "Remote frames");
  flag("--brs", options.brs, "Bit rate switch in the CAN FD frames of --fd");
  flag("-m,--mix", options.mixed, "All of these kinds in turn, CAN FD with --fd");
  add("-g,--gap", options.gap, "MS", "Time between frames, in ms; 0: none [200]")
      ->check(time_span(1ms, Zero::taken));
  add("--burst", options.burst, "N", "Send N frames at a time [1]")
      ->transform(whole_number(1, 10'000));
  add("-p,--poll", options.wait, "MS", "Wait so long for a full bus, in ms [1000]")
      ->check(time_span(1ms, Zero::taken));
  add("--seed", options.seed, "N", "The same frames for the same N")->transform(whole_number(0));
}

void generate(const Program& program, Bus& bus, const GenerateOptions& options, bool fd,
              const SendingLimits& limits, LogWriter* copy) {
  Sending sending(bus, options_of(program, options, fd), parse_duration(options.wait, 1ms), copy);
  Signals signals;
  const auto start = Clock::now();
  try {
    run(sending, signals, options, limits);
    bus.flush();
  } catch (const Error&) {
    say_count(program, sending, start);
    throw;
  }
  say_count(program, sending, start);
}

}  // namespace can::cli
