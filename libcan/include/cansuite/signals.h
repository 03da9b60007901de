// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cansuite/channel.h"
#include "cansuite/message.h"

/// What the bytes of messages mean: signals, as a DBC file describes them.
///
///   auto body = std::make_shared<const Database>(load_dbc("body.dbc"));
///   Decoder decoder(body);
///   for (const Value& value : decoder.decode(message).values)
///     std::cout << value.signal->name << ' ' << to_string(value) << ' ' << value.signal->unit;
namespace can::signals {

/// A decimal number without rounding: digits x 10^exponent, negated where `negative`.
struct Decimal {
  std::uint64_t digits = 0;   ///< the number without its point
  std::int32_t exponent = 0;  ///< of ten
  bool negative = false;      ///< below zero
};

/// Reads "12", "-.25", "4.4E+48"; none for another text. Digits that 64 bits
/// don't hold, after the nineteenth or twentieth, are cut off.
std::optional<Decimal> parse_decimal(std::string_view text);
std::string to_string(const Decimal& number);  ///< "12.5", without an exponent where it is short
double to_double(const Decimal& number);       ///< the nearest; infinity where it is too large

/// A text of a value table.
struct ValueText {
  std::uint64_t raw = 0;  ///< before factor and offset; two's complement of 64 bits
  bool negative = false;  ///< raw is below zero
  std::string text{};     ///< UTF-8
};

/// A table that the file names, VAL_TABLE_.
struct ValueTable {
  std::string name{};               ///< of the table
  std::vector<ValueText> values{};  ///< by raw value, ascending
};

/// Values of a multiplexer, from `first` to `last`.
struct RawRange {
  std::uint64_t first = 0;  ///< least value
  std::uint64_t last = 0;   ///< greatest value
};

/// Which byte of a signal comes first.
enum class ByteOrder : std::uint8_t {
  little,  ///< Signal::start is the least significant bit
  big,     ///< Signal::start is the most significant bit
};

/// A part of a message with a meaning. Bit n is bit n % 8 (0 is the least) of byte n / 8.
struct Signal {
  std::string name{};        ///< the long one where the file has it; UTF-8
  std::string short_name{};  ///< as SG_ names it
  std::string unit{};        ///< "rpm"; may be empty
  std::string comment{};     ///< may be empty

  std::uint32_t start = 0;              ///< bit; which end it is: order
  std::uint32_t length = 0;             ///< bits
  ByteOrder order = ByteOrder::little;  ///< which end start is
  bool is_signed = false;               ///< two's complement
  std::uint8_t float_bits = 0;          ///< 32, 64: the bits are an IEEE number; 0: an integer

  /// physical = raw x factor + offset. Both have the same exponent where 64 bits suffice for that.
  Decimal factor{.digits = 1};
  Decimal offset{};                 ///< as factor
  Decimal minimum{};                ///< physical, as the file says; 0, as the maximum: no limits
  Decimal maximum{};                ///< physical
  std::vector<ValueText> values{};  ///< by raw value, ascending; may be empty

  std::string multiplexing{};           ///< as SG_ says: "", "M", "m3", "m3M"
  std::optional<std::size_t> parent{};  ///< the multiplexer, among the signals of the message
  std::vector<RawRange> when{};  ///< values of the multiplexer for which the signal is present
  std::optional<std::uint64_t> spn{};    ///< suspect parameter number of J1939
  std::optional<Decimal> start_value{};  ///< raw, GenSigStartValue
  /// Whether it can be decoded: 1 to 64 bits (32, 64 of a float) inside the message, with a
  /// multiplexer that is known.
  bool usable = true;

  /// Whether the file says what the least and the most value are.
  bool has_limits() const { return minimum.digits != 0 || maximum.digits != 0; }
};

/// A message, as the file defines it.
struct MessageDefinition {
  std::string name{};        ///< the long one where the file has it; UTF-8
  std::string short_name{};  ///< as BO_ names it
  std::string comment{};     ///< may be empty
  std::uint32_t id = 0;      ///< without flag bits
  bool extended = false;     ///< 29-bit id
  std::uint32_t length = 0;  ///< bytes, beyond 64 with J1939's transport protocol
  bool fd = false;           ///< CAN FD
  bool j1939 = false;        ///< a parameter group, whatever the source address
  bool reachable = true;     ///< false: an id that no frame has, or that of a message before it
  std::optional<Decimal> cycle{};      ///< of sending, ms: GenMsgCycleTime
  std::vector<std::string> senders{};  ///< nodes; none where the file names none
  std::size_t line = 0;                ///< of the file, from 1
  std::vector<Signal> signals{};       ///< in the order of the file
};

/// What a DBC file defines. Plain data; pointers into it hold while it lives.
struct Database {
  std::string name{};                         ///< for people: the path
  std::vector<MessageDefinition> messages{};  ///< in the order of the file
  std::vector<ValueTable> tables{};           ///< VAL_TABLE_, in the order of the file
};

/// Is told what is wrong in a file: "body.dbc:12: expected a number, got 'x'".
using OnWarning = std::function<void(const std::string&)>;

/// The most warnings of one file that are told one by one; a last one counts the rest.
inline constexpr std::size_t kMaxWarnings = 1000;

/// Reads a DBC file. What isn't needed is skipped, what is wrong is left out with a warning. Throws
/// Errc::not_found, Errc::io, Errc::corrupt (not a DBC file, over 32 MiB, over a million signals).
Database load_dbc(const std::string& path, const OnWarning& on_warning = {});

/// The same for a text in UTF-8 or Windows-1252. `name` stands in the warnings.
Database parse_dbc(std::string_view text, const std::string& name,
                   const OnWarning& on_warning = {});

/// A signal of a frame.
struct Value {
  const Signal* signal = nullptr;  ///< never null in what a decoder returns
  std::uint64_t raw = 0;           ///< two's complement of 64 bits; the bits of a float
  std::uint32_t number = 0;        ///< of the signal, among Decoder::signals()
};

/// The physical value, rounded to a double: an integer or a fraction of up to 53 bits is exact.
double physical(const Value& value);
/// The physical value: the exact decimal, or for a float the shortest text that reads back ("nan",
/// "inf", "-inf").
std::string to_string(const Value& value);
/// Writes the same without allocation; returns the end. The buffer has room for kLongestValue.
char* put_value(char* at, const Value& value);
inline constexpr std::size_t kLongestValue = 128;  ///< characters

/// The text of the value table; null where it has none for this value.
const ValueText* text_of(const Value& value);

/// Whether the value is a number and within the limits of the signal.
bool in_range(const Value& value);

/// The raw value for a physical one, which is a number ("850.5"; the nearest step counts), else a
/// text of the value table. Throws Errc::invalid where the signal can't have it, or it is beyond
/// the limits.
std::uint64_t raw_of(const Signal& signal, std::string_view value);

/// Overwrites the bits of a signal in a frame that is long enough for it, and no others. Returns
/// false, and changes nothing, for another frame.
bool set_raw(Message& message, const Signal& signal, std::uint64_t raw);

/// A signal's name, and its value as raw_of() takes it.
using Assignment = std::pair<std::string, std::string>;

/// A frame of the message. A signal without an assignment has its start value. The multiplexer of
/// an assigned signal is set to a value for which the signal is present. Throws Errc::invalid: an
/// unknown signal, a wrong value, a message that no frame can hold.
Message encode(const MessageDefinition& message, std::span<const Assignment> values);

/// A database, and the channel that it holds for.
struct BoundDatabase {
  std::shared_ptr<const Database> database{};  ///< not null
  Channel channel{};                           ///< none: all channels
};

/// What is to be decoded: databases, of which the first that knows a message counts, and which
/// signals.
struct Catalog {
  std::vector<BoundDatabase> databases{};  ///< in the order of preference
  /// "Engine*" names messages or signals, "Brake.Pressure" a signal of a message; * stands for any
  /// characters, ? for one. Empty: all signals.
  std::vector<std::string> patterns{};
};

/// The message with this name in the first database that has one. Throws Errc::invalid with the
/// nearest name.
const MessageDefinition& message_named(const Catalog& catalog, std::string_view name);

/// A frame of a text: "Engine EngineSpeed=850.5 Gear=2". Names and values with blanks stand in
/// double quotes. Throws as message_named() and encode(), and Errc::invalid for another text.
Message encode(const Catalog& catalog, std::string_view text);

/// What a log of signals has: LogOptions::signals.
struct LogContent {
  Catalog catalog{};  ///< which signals
  /// A row at each multiple of this time, with a column for each signal; 0: what each message has.
  std::chrono::nanoseconds step{0};
  /// Between two values of a signal, a row has what lies on the line between them, not the earlier
  /// one. Values with texts are not interpolated.
  bool interpolate = false;
};

/// Whether the catalog's patterns select the signal.
bool selects(const Catalog& catalog, const MessageDefinition& message, const Signal& signal);

/// A message and its signals. Null: no database knows it.
struct Decoded {
  const MessageDefinition* message = nullptr;  ///< null: unknown
  std::span<const Value> values{};             ///< those present, in the order of the file
};

/// A message of J1939 that came in several frames, by the transport protocol.
struct Packet {
  static constexpr std::size_t kMaxLength = 1785;  ///< bytes

  std::chrono::nanoseconds timestamp{};  ///< of the last frame
  std::uint32_t id = 0;    ///< 29 bits: priority, parameter group, destination if any, source
  Channel channel{};       ///< of the frames
  std::size_t length = 0;  ///< bytes of data, 9 to kMaxLength
  /// The first `length` bytes count; nine more are readable.
  std::array<std::uint8_t, kMaxLength + 9> data{};
};

/// Decodes messages by shifts and masks, without allocation. Not thread-safe: each thread has its
/// own. Keeps the databases alive.
class Decoder {
 public:
  /// All signals of a database.
  explicit Decoder(std::shared_ptr<const Database> database);
  /// What the catalog selects.
  explicit Decoder(Catalog catalog);
  ~Decoder();
  Decoder(Decoder&&) noexcept;             ///< the other may only be destroyed
  Decoder& operator=(Decoder&&) noexcept;  ///< as the constructor

  /// The selected signals of the message, valid until the next call. A signal is absent where the
  /// frame is too short for it or the multiplexer has another value. Remote frames have no signals,
  /// error frames no definition.
  Decoded decode(const Message& message);
  /// The same of a packet.
  Decoded decode(const Packet& packet);

  /// Whether a database has parameter groups of J1939.
  bool has_groups() const;

  /// The definition of the message; null for none.
  const MessageDefinition* find(const Message& message) const;

  /// The selected signals with their messages; Value::number is the place here.
  std::span<const std::pair<const MessageDefinition*, const Signal*>> signals() const;

 private:
  class Plans;
  std::unique_ptr<Plans> plans_;
};

}  // namespace can::signals
