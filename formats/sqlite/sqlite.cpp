// SPDX-License-Identifier: MIT
// The SQLite database of python-can:
//
//   CREATE TABLE messages (ts REAL, arbitration_id INTEGER, extended INTEGER, remote INTEGER,
//                          error INTEGER, dlc INTEGER, data BLOB)
//
// Source: python-can can/io/sqlite.py, whose reader accepts these columns only, by position. So a
// second table has the other values of a message, in the row with its rowid:
//
//   CREATE TABLE message_details (message INTEGER PRIMARY KEY, channel TEXT, fd INTEGER,
//                                 brs INTEGER, esi INTEGER, transmitted INTEGER, raw_dlc INTEGER)
//
// Row 0 has the values of all messages without a row of their own. The view full_messages joins the
// two. A REAL has a resolution of about 0.2 microseconds for present-day times: whole microseconds
// are exact.
//
// A log of signals has a table for each message that comes, with a row a message and a column a
// signal, NULL where the message hasn't the signal:
//
//   CREATE TABLE "Engine" (time REAL, time_ns INTEGER, channel TEXT, source INTEGER,
//                          destination INTEGER, "Speed" REAL, "Gear" INTEGER)
//
// time is seconds, time_ns the same exactly; source and destination are those of J1939. signal_info
// describes the columns, value_texts has the texts of values, and the view signals all: (time,
// time_ns, channel, message, signal, value, unit, text). Resampled, there is one table, samples
// (time, time_ns, "Engine.Speed", "Engine.Gear" ...).

#include "formats/sqlite/sqlite.h"

namespace can {
namespace {

int sniff(std::string_view head) {
  return head.starts_with(std::string_view("SQLite format 3\0", 16)) ? 100 : 0;
}

constexpr std::string_view kExtensions[] = {".db", ".sqlite"};

}  // namespace

namespace formats {
extern const Format sqlite, signals_sqlite;
constinit const Format sqlite = {
    .name = "sqlite",
    .title = "python-can SQLite log",
    .extensions = kExtensions,
    .keeps = but_nothing_when_cut(keeps_all(std::chrono::microseconds(1))),
    .appends = Appends::itself,
    .needs_file = true,
    .sniff = sniff,
    .open = sqlite::open_reader,
    .create = sqlite::create_writer,
};

constinit const Format signals_sqlite = {
    .name = "signals-sqlite",
    .title = "SQLite database of signals",
    .extensions = {},
    .keeps = but_nothing_when_cut({.channel = KeepsChannel::name}),
    .needs_file = true,
    .decodes = "sqlite",
    .create = sqlite::create_signals_writer,
};
}  // namespace formats
}  // namespace can
