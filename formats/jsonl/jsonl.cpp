// SPDX-License-Identifier: MIT
// JSON Lines, one object a message. The writer puts all keys, in this order:
//
//   {"timestamp":1551774790.942758000,"channel":"can0","id":291,"extended":false,"remote":false,
//    "error":false,"fd":false,"brs":false,"esi":false,"direction":"rx","dlc":4,"length":4,
//    "data":"deadbeef"}                                                (on one line)
//
// timestamp is in seconds with 9 decimals, exact. channel may be null. dlc is the data length code,
// 0-15, length the number of bytes. data is empty in a remote frame. Source: this project;
// documented in cansuite-formats(7). The reader accepts the keys in any order and ignores unknown
// ones. Missing ones are 0, false or null; only id is required.

#include "formats/jsonl/jsonl.h"

namespace can {
namespace {

int sniff(std::string_view head) {
  if (head.starts_with("{\"timestamp\":")) return 95;
  return head.starts_with('{') && head.substr(0, head.find('\n')).find("\"id\"") != head.npos ? 60
                                                                                              : 0;
}

constexpr std::string_view kExtensions[] = {".jsonl", ".ndjson"};

}  // namespace

namespace formats {
extern const Format jsonl;
constinit const Format jsonl = {
    .name = "jsonl",
    .title = "JSON Lines log",
    .extensions = kExtensions,
    .keeps = keeps_all(),
    .first_line = R"({"timestamp":)",
    .appends = Appends::lines,
    .sniff = sniff,
    .open = jsonl::open_reader,
    .create = jsonl::create_writer,
};
}  // namespace formats
}  // namespace can
