// SPDX-License-Identifier: MIT
// What the messages mean, as a DBC file says; write only. As JSON Lines, a line a message:
//
//   {"timestamp":1600000000.000000000,"channel":"can0","id":291,"extended":false,
//    "message":"Engine","signals":{"Speed":850.5,"Gear":{"value":2,"text":"Second"}}}
//
// The message is null where no database knows it. A value that is no number is "nan", "inf" or
// "-inf". As CSV, a line a signal:
//
//   time,channel,message,signal,value,unit,text
//   1600000000.000000000,can0,Engine,Speed,850.5,rpm,
//
// Resampled, a row a step, with the columns or keys time, Engine.Speed, Engine.Gear ...

#include "formats/signals/signals.h"

namespace can {
namespace formats {
extern const Format signals, signals_csv;
constinit const Format signals = {
    .name = "signals",
    .title = "JSON Lines log of signals",
    .extensions = {},
    .keeps = {.channel = KeepsChannel::name},
    .decodes = "jsonl",
    .create = can::signals::create_json_writer,
};

constinit const Format signals_csv = {
    .name = "signals-csv",
    .title = "CSV log of signals",
    .extensions = {},
    .keeps = {.channel = KeepsChannel::name},
    .decodes = "csv",
    .create = can::signals::create_csv_writer,
};
}  // namespace formats
}  // namespace can
