// SPDX-License-Identifier: MIT
#include "formats/registry/vehicle_store.h"

#include "formats/registry/part_name.h"
#include "formats/registry/registry.h"
#include "formats/support/packing.h"
#include "libcan/model/fail.h"
#include "libcan/store/store.h"

namespace can {

namespace formats {
extern const Format canb;
}  // namespace formats

namespace {

/// A .gz is continued by taking back its end, which a power cut must find there.
void check_format(const std::string& pattern, const Format& format) {
  if (format.appends == Appends::no || format.needs_file || packing_of(pattern) == ".gz")
    fail(
        Errc::unsupported,
        "{}: a {}{} can't be cut and continued, as the store of vehicles needs; .canb, .blf, .log, "
        ".csv, .jsonl, or these texts as .zst can",
        pattern, format.title, packing_of(pattern).empty() ? "" : " that is compressed so");
}

void check_time(std::chrono::nanoseconds rotate_every) {
  using namespace std::chrono_literals;
  if (rotate_every != 0ns && rotate_every < 1s)
    fail(Errc::invalid, "the files of a store of vehicles have at least a second each");
}

}  // namespace

bool is_store_pattern(const std::string& name) { return name.find("%v") != name.npos; }

std::unique_ptr<fleet::BatchStore> open_store(const std::string& pattern, const LogOptions& options,
                                              const Format* format,
                                              std::chrono::nanoseconds rotate_every) {
  const Format& chosen = variant_of(format ? *format : format_for_writing(pattern), options);
  check_writable(pattern, chosen, options);
  check_format(pattern, chosen);
  check_time(rotate_every);
  const PartName name(pattern, chosen);
  store::Store::Options all{.pattern = {name.stem, name.suffix}, .rotate_every = rotate_every};
  all.on_notice = options.on_notice;
  if (&chosen != &formats::canb || all.pattern.by_channel() || !packing_of(pattern).empty())
    all.append = [options, &chosen](const std::string& path) {
      return create_log(path, options, &chosen, IfThere::append);
    };
  return std::make_unique<store::Store>(std::move(all));
}

}  // namespace can
