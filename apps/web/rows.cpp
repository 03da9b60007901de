// SPDX-License-Identifier: MIT
#include "apps/web/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "cansuite/error_frame.h"
#include "libcan/model/frame_text.h"
#include "libcan/model/hex.h"
#include "libcan/model/json.h"

namespace can::web {
namespace {

template <class... Args>
void put(std::string& json, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(json), text, std::forward<Args>(args)...);
}

template <class Duration>
std::int64_t count_of(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<Duration>(time).count();
}

/// Begins the next element of an array.
void begin_element(std::string& json) {
  if (json.back() != '[') json += ',';
}

unsigned flags_of(const Message& m) {
  return m.transmitted * 1u | m.remote * 2u | m.fd * 4u | m.brs * 8u | m.esi * 16u;
}

}  // namespace

Rows::Rows(const std::shared_ptr<const signals::Catalog>& catalog) {
  if (catalog) decoder_.emplace(*catalog);
}

bool Rows::look(Version next, Time now) {
  bool any = false;
  view_.look([&](const BusView::Row& seen, std::size_t index) {
    any = true;
    if (index >= rows_.size()) rows_.resize(index + 1);
    Row& row = rows_[index];
    if (row.born == 0) {
      row.born = next;
      row.known = decoder_ ? decoder_->find(seen.last) : nullptr;
    }
    row.updated = next;
    row.came = now;
    for (std::size_t i = 0; i < row.changed_at.size(); ++i)
      if (seen.changed[i] != 0) row.changed_at[i] = static_cast<std::uint32_t>(next);
  });
  return any;
}

void Rows::append(std::string& json, Version seen, Time now) const {
  json += "\"h\":[";
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].born > seen) append_head(json, i);
  json += "],\"r\":[";
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].updated > seen) append_row(json, i, seen, now);
  json += ']';
}

void Rows::append_head(std::string& json, std::size_t index) const {
  const Message& message = view_.rows()[index].last;
  const signals::MessageDefinition* known = rows_[index].known;
  char id[16];
  begin_element(json);
  put(json, "[{},", index);
  append_json_string(json, message.channel ? message.channel.name() : "");
  put(json, ",\"{}\",", std::string_view(id, put_frame_id(id, message)));
  append_json_string(json, known ? known->name : "");
  put(json, ",{:d},{:d},[", bool{message.extended}, bool{message.error});
  for (std::size_t i = 0; known && i < known->signals.size(); ++i) {
    json += i > 0 ? ",[" : "[";
    append_json_string(json, known->signals[i].name);
    json += ',';
    append_json_string(json, known->signals[i].unit);
    json += ']';
  }
  json += "]]";
}

void Rows::append_row(std::string& json, std::size_t index, Version seen, Time now) const {
  const BusView::Row& of = view_.rows()[index];
  const Row& row = rows_[index];
  char data[128];
  begin_element(json);
  put(json, "[{},{},{},{},{},\"{}\",[", index, of.count,
      count_of<std::chrono::microseconds>(of.period),
      count_of<std::chrono::microseconds>(of.jitter),
      count_of<std::chrono::milliseconds>(now - row.came),
      std::string_view(data, put_hex<HexCase::upper>(data, of.last.payload())));
  for (std::size_t i = 0; seen > 0 && i < row.changed_at.size(); ++i)
    if (row.changed_at[i] > seen) {
      begin_element(json);
      put(json, "{}", i);
    }
  put(json, "],{},{},[", flags_of(of.last), of.last.length);
  if (row.known) append_values(json, of.last);
  json += ']';
  if (of.last.error) {
    json += ',';
    append_json_string(json, fmt::format("{}", fmt::join(error_words(of.last), "; ")));
  }
  json += ']';
}

void Rows::append_values(std::string& json, const Message& message) const {
  const signals::Decoded decoded = decoder_->decode(message);
  char text[signals::kLongestValue];
  for (const signals::Value& value : decoded.values) {
    begin_element(json);
    put(json, "[{},\"{}\"", value.signal - decoded.message->signals.data(),
        std::string_view(text, put_value(text, value)));
    if (const signals::ValueText* meaning = signals::text_of(value)) {
      json += ',';
      append_json_string(json, meaning->text);
    }
    json += ']';
  }
}

}  // namespace can::web
