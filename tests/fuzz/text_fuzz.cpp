// SPDX-License-Identifier: MIT
// What people type: frames, filters, durations, JSON. Only Error may come out, and a frame that was
// read is written as one that reads the same.
#include <cstdlib>

#include "cansuite/filter.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/json.h"

using namespace can;

namespace {

template <class Use>
void attempt(Use use) {
  try {
    use();
  } catch (const Error&) {
  }
}

void frame(std::string_view text) {
  Message message;
  parse_frame(text, message);
  if (why_invalid(message)) std::abort();
  std::string again;
  format_frame(message, again);
  Message back;
  parse_frame(again, back);
  if (!(back == message)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  attempt([&] { frame(text); });
  attempt([&] { parse_filter(text); });
  attempt([&] { parse_duration(text, std::chrono::seconds(1)); });
  attempt([&] {
    JsonObject object(text);
    while (object.next()) {
      std::string out;
      append_json_string(out, object.value());
    }
  });
  return 0;
}
