// SPDX-License-Identifier: MIT
// What people type: frames, filters, durations, JSON, conditions and messages by name. Only Error
// may come out, and a frame that was read is written as one that reads the same.
#include <cstdlib>

#include "cansuite/filter.h"
#include "libcan/model/duration.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/json.h"
#include "libcan/signals/condition.h"

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

const signals::Catalog& catalog() {
  static const signals::Catalog kCatalog = {
      .databases = {{std::make_shared<const signals::Database>(
          signals::parse_dbc("BU_: A\nBO_ 1 M: 8 A\n SG_ S : 0|16@1+ (0.5,0) [0|9] \"\" A\n"
                             "VAL_ 1 S 0 \"off\" 1 \"on\" ;\n",
                             "a.dbc"))}},
      .patterns = {}};
  return kCatalog;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  attempt([&] { frame(text); });
  attempt([&] { parse_filter(text); });
  attempt([&] { parse_duration(text, std::chrono::seconds(1)); });
  attempt([&] { signals::Condition(catalog(), text).add(Message{}); });
  attempt([&] {
    if (why_invalid(signals::encode(catalog(), text))) std::abort();
  });
  attempt([&] {
    JsonObject object(text);
    while (object.next()) {
      std::string out;
      append_json_string(out, object.value());
    }
  });
  return 0;
}
