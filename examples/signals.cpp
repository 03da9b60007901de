// SPDX-License-Identifier: MIT
// Prints the signals of a log, as a DBC file defines them: signals FILE.dbc LOG
#include <cansuite/cansuite.h>

#include <cstdio>
#include <memory>
#include <vector>

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const auto warn = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  can::signals::Decoder decoder(
      std::make_shared<const can::signals::Database>(can::signals::load_dbc(argv[1], warn)));
  std::vector<can::Message> batch(1024);
  const auto log = can::open_log(argv[2]);
  while (const std::size_t count = log->read(batch))
    for (std::size_t i = 0; i < count; ++i)
      for (const auto [message, values] = decoder.decode(batch[i]); const auto& value : values)
        std::printf("%s.%s %s %s\n", message->name.c_str(), value.signal->name.c_str(),
                    to_string(value).c_str(), value.signal->unit.c_str());
} catch (const can::Error& error) {
  std::fprintf(stderr, "signals: %s\n", error.what());
  return 1;
}
