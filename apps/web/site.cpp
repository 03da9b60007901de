// SPDX-License-Identifier: MIT
#include "apps/web/site.h"

#include <utility>

#include "apps/bus_settings.h"
#include "apps/json_text.h"
#include "apps/load_report.h"
#include "apps/web/assets.h"
#include "apps/web/requests.h"
#include "libcan/model/fail.h"

namespace can::web {
namespace {

using namespace std::chrono_literals;
using http::Response;
using http::text_response;

constexpr auto kUnwatched = 10s;  // then nothing is sent periodically

/// The files of the page, which say nothing of the bus.
Response asset(std::string_view path) {
  for (const Asset& each : assets())
    if (each.path == path) return text_response(200, std::string(each.text), each.type);
  return text_response(404, "no such page");
}

Response json_response(std::string text) {
  return text_response(200, std::move(text), "application/json");
}

Response refusal(const Error& error) {
  return text_response(error.code() == Errc::invalid || error.code() == Errc::corrupt ? 400 : 503,
                       error.what());
}

}  // namespace

Site::Site(SiteOptions options, BusConfig config, remote::OpenBus open)
    : options_(std::move(options)),
      guard_(options_.host, options_.token, options_.encrypted),
      rows_(options_.catalog),
      sender_(options_.catalog),
      status_(options_.title, options_.sends, options_.catalog != nullptr),
      bus_(config, std::move(open), [this, config](const Bus& bus) {
        cli::expect(status_.restart_meter(), bus, config,
                    cli::has_several_channels(std::span(&config, 1)));
      }) {}

Response Site::answer(const http::Request& request) try {
  const bool changes = request.method != "GET";
  if (changes && request.method != "POST") return text_response(405, "expected GET, HEAD or POST");
  if (!changes && guard_.knows_host(request)) {
    Response file = asset(request.path);
    if (file.status == 200) return file;
  }
  if (auto refused = guard_.refuse(request, changes)) return *std::move(refused);
  return changes ? post(request) : get(request);
} catch (const Error& error) {
  return refusal(error);
}

Response Site::get(const http::Request& request) {
  if (request.path == "/events") return {.type = "text/event-stream", .streams = true};
  if (request.path == "/log") return log(request.query);
  if (request.path == "/filter") {
    check_query(request.query, {"text"});
    return filter(http::parameter(request.query, "text").value_or(std::string()));
  }
  return text_response(404, "no such page");
}

Response Site::post(const http::Request& request) {
  if (request.path != "/send" && request.path != "/stop") return text_response(404, "no such page");
  if (!options_.sends)
    return text_response(403, "read only: canserver --web-send lets viewers send");
  if (request.path == "/send") return send(request.body);
  sender_.stop(parse_stop(request.body));
  return json_response("{}");
}

Response Site::filter(const std::string& text) const {
  return json_response(filters_json(text, options_.catalog.get()));
}

Response Site::log(std::string_view query) const {
  const LogRequest wanted = parse_log(query);
  return {.type = "application/octet-stream",
          .body = std::make_shared<const std::string>(history_.log(wanted.length, wanted.format)),
          .file_name = "bus" + std::string(wanted.format.extensions.front())};
}

Response Site::send(std::string_view body) {
  const SendRequest wanted = parse_send(body);
  if (!bus_.bus()) fail(Errc::io, "{}", bus_.problem());
  sender_.send(*bus_.bus(), wanted.frame, wanted.period);
  return json_response("{}");
}

void Site::tick() {
  take();
  const auto now = Clock::now();
  if (now - watched_ > kUnwatched) sender_.stop_all();
  const bool status_changed = status_.update(rows_.view(), bus_, sender_, now);
  if (!rows_.look(version_ + 1, now) && !status_changed) return;
  ++version_;
  if (status_changed) status_version_ = version_;
  encoded_.clear();
}

void Site::take() {
  bus_.take([this](std::span<const Message> messages) {
    rows_.add(messages);
    history_.add(messages);
    status_.add(messages);
  });
  for (std::string& notice : bus_.drain_notices()) status_.notice(std::move(notice));
  if (!bus_.bus()) sender_.stop_all();
  for (std::string& reason : sender_.check()) status_.notice(std::move(reason));
}

http::SharedText Site::update(std::uint64_t& seen) {
  watched_ = Clock::now();
  if (seen == version_) return nullptr;
  http::SharedText& text = encoded_[seen];
  if (!text) text = encode(seen);
  seen = version_;
  return text;
}

/// One server-sent event.
http::SharedText Site::encode(Rows::Version seen) const {
  const auto now = Clock::now();
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  std::string json =
      fmt::format("data: {{\"v\":{},\"seen\":{},\"t\":{},", version_, seen, time.count());
  if (status_version_ > seen) json += "\"status\":" + status_.json() + ",";
  rows_.append(json, seen, now);
  return std::make_shared<const std::string>(json + "}\n\n");
}

}  // namespace can::web
