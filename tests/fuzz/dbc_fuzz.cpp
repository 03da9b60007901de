// SPDX-License-Identifier: MIT
// A DBC file, and behind a zero byte the data of a frame: only Error may come out, and nothing is
// read behind the frame's data.
#include "cansuite/error.h"
#include "cansuite/signals.h"
#include "libcan/signals/description.h"

using namespace can;

namespace {

void use(const signals::Database& database, std::string_view data) {
  signals::Decoder decoder(std::make_shared<const signals::Database>(database));
  Message message;
  message.length = static_cast<std::uint8_t>(std::min<std::size_t>(data.size(), 64));
  std::copy_n(data.data(), message.length, message.data.data());
  char text[signals::kLongestValue];
  for (const auto& definition : database.messages) {
    signals::describe(definition);
    message.id = definition.id;
    message.extended = definition.extended;
    for (const signals::Value& value : decoder.decode(message).values) {
      signals::put_value(text, value);
      signals::text_of(value);
      signals::in_range(value);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t end = std::min(input.find('\0'), size);
  try {
    use(signals::parse_dbc(input.substr(0, end), "fuzz.dbc", [](const std::string&) {}),
        input.substr(std::min(end + 1, size)));
  } catch (const Error&) {
  }
  return 0;
}
