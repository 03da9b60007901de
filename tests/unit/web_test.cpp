// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <thread>

#include "apps/web/guard.h"
#include "apps/web/history.h"
#include "apps/web/requests.h"
#include "apps/web/rows.h"
#include "apps/web/sender.h"
#include "apps/web/service.h"
#include "cansuite/frame.h"
#include "cansuite/interfaces.h"
#include "cansuite/message_text.h"

using namespace can;
using namespace can::web;
using namespace std::chrono_literals;

namespace {

constexpr const char* kDbc =
    "BO_ 291 Engine: 2 ECU\n SG_ Speed : 0|8@1+ (0.5,0) [0|0] \"rpm\" X\n"
    " SG_ Gear : 8|8@1+ (1,0) [0|0] \"\" X\nVAL_ 291 Gear 1 \"First\" ;\n";

std::shared_ptr<const signals::Catalog> catalog() {
  auto database = std::make_shared<const signals::Database>(signals::parse_dbc(kDbc, "test"));
  return std::make_shared<const signals::Catalog>(signals::Catalog{.databases = {{database, {}}}});
}

void add(Rows& rows, std::initializer_list<const char*> frames,
         std::chrono::nanoseconds time = 1s) {
  for (const char* frame : frames) {
    Message message = parse_frame(frame);
    message.timestamp = time;
    message.channel = Channel("can0");
    rows.add(std::span(&message, 1));
  }
}

std::string json(const Rows& rows, Rows::Version seen, Rows::Time now = {}) {
  std::string text;
  rows.append(text, seen, now);
  return text;
}

http::Request request(std::string_view host, std::optional<std::string_view> origin = {}) {
  return {.method = "GET", .path = "/events", .host = host, .origin = origin};
}

BusConfig virtual_bus(const std::string& channel) {
  BusConfig config;
  config.interface = "virtual";
  config.channel = channel;
  return config;
}

std::vector<std::string> frames_of(const std::string& log) {
  std::vector<std::string> frames;
  const auto reader = find_format(".log")->open(memory_source(log), {});
  for (const Message& message : reader->messages()) frames.push_back(format_frame(message));
  return frames;
}

}  // namespace

TEST_CASE("rows of the page: a new viewer gets all, without marks", "[web]") {
  Rows rows(catalog());
  add(rows, {"123#0201", "00000456#R4", "7FF##3AA"});
  CHECK(rows.look(2, Rows::Time(5s)));
  CHECK(json(rows, 0, Rows::Time(5250ms)) ==
        R"("h":[[0,"can0","123","Engine",0,0,[["Speed","rpm"],["Gear",""]]],)"
        R"([1,"can0","00000456","",1,0,[]],[2,"can0","7FF","",0,0,[]]],)"
        R"("r":[[0,1,0,0,250,"0201",[],0,2,[[0,"1"],[1,"1","First"]]],)"
        R"([1,1,0,0,250,"",[],2,4,[]],[2,1,0,0,250,"AA",[],28,1,[]]])");
  CHECK(json(rows, 2) == R"("h":[],"r":[])");
  CHECK_FALSE(rows.look(3, {}));
}

TEST_CASE("rows of the page: a change is marked once, for each viewer", "[web]") {
  Rows rows;
  add(rows, {"123#0000"});
  rows.look(2, {});
  add(rows, {"123#0100", "123#0000"}, 2s);  // and back: seen nevertheless
  rows.look(3, {});
  add(rows, {"123#0001"}, 3s);
  rows.look(4, {});
  add(rows, {"123#0001"}, 4s);
  rows.look(5, {});
  CHECK(json(rows, 4).find(R"("0001",[],)") != std::string::npos);
  CHECK(json(rows, 3).find(R"("0001",[1],)") != std::string::npos);
  CHECK(json(rows, 2).find(R"("0001",[0,1],)") != std::string::npos);  // had missed two
  CHECK(json(rows, 5) == R"("h":[],"r":[])");
}

TEST_CASE("rows of the page: an error frame in words", "[web]") {
  Rows rows;
  add(rows, {"20000020#0000000000000000"});
  rows.look(2, {});
  const std::string text = json(rows, 0);
  CHECK(text.find(R"("",0,1,[]])") != std::string::npos);
  CHECK(text.find("acknowledge") != std::string::npos);
}

TEST_CASE("the page answers to names that no other site can have", "[web]") {
  const Guard guard("bench.example", "", false);
  for (const char* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:80", "192.0.2.7", "[::1]:8080",
                           "bench.example", "Bench.Example:8080"})
    CHECK(guard.knows_host(request(host)));
  for (const char* host :
       {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "10.0.0.0/8",
        "[::1", "a:b:c", "localhost:99999", "bench.example.", "1.2.3"})
    CHECK_FALSE(guard.knows_host(request(host)));
}

TEST_CASE("requests of other sites' pages are refused", "[web]") {
  const Guard plain("localhost", "", false), encrypted("localhost", "", true);
  const std::string_view host = "localhost:8080";
  CHECK(plain.knows_origin(request(host)));
  CHECK(plain.knows_origin(request(host, "http://localhost:8080")));
  CHECK(encrypted.knows_origin(request(host, "https://localhost:8080")));
  for (const char* origin : {"https://localhost:8080", "http://localhost", "http://localhost:80801",
                             "http://evil.example", "null", ""})
    CHECK_FALSE(plain.knows_origin(request(host, origin)));
  http::Request other = request(host);
  for (const char* site : {"cross-site", "same-site"}) {
    other.fetch_site = site;
    CHECK_FALSE(plain.knows_origin(other));
  }
  other.fetch_site = "same-origin";
  CHECK(plain.knows_origin(other));
  CHECK(plain.refuse(request("evil.example"), false)->status == 403);
  CHECK(plain.refuse(request(host, "null"), false)->status == 403);
  CHECK_FALSE(plain.refuse(request(host), false));
  CHECK(plain.refuse(request(host), true)->status == 415);
}

TEST_CASE("the page's token", "[web]") {
  const Guard guard("localhost", "secret", false);
  http::Request asked = request("localhost");
  const auto refused = [&](std::string_view field) {
    asked.authorization = field;
    return guard.refuse(asked, false);
  };
  CHECK_FALSE(refused("Bearer secret"));
  CHECK_FALSE(refused("bearer  secret"));
  CHECK(refused("")->delay == 0s);
  for (const char* field : {"Bearer wrong", "Bearer secret2", "Bearer", "Basic secret", "secret"}) {
    CHECK(refused(field)->status == 401);
    CHECK(refused(field)->delay == 1s);
  }
}

TEST_CASE("what requests of the page say", "[web]") {
  const SendRequest send = parse_send(R"({"frame": "123#11", "period": "10"})");
  CHECK(send.frame == "123#11");
  CHECK(send.period == "10");
  CHECK_THROWS_WITH(parse_send(R"({"frame": "123#11", "perod": "10"})"),
                    "unknown name 'perod'; known: frame, period");
  CHECK_THROWS_WITH(parse_stop(R"({"number": 3, "all": true})"),
                    "unknown name 'all'; known: number");
  CHECK_THROWS_WITH(parse_log("seconds=1&fromat=blf"),
                    "unknown name 'fromat'; known: seconds, format");
  CHECK_THROWS_WITH(parse_log("second"), "unknown name 'second'; known: seconds, format");
  CHECK_THROWS_AS(parse_send("{}"), Error);
  CHECK_THROWS_AS(parse_send("frame=1"), Error);
  CHECK(parse_stop(R"({"number": 3})") == 3);
  CHECK_THROWS_AS(parse_stop(R"({"number": -3})"), Error);
  CHECK(parse_log("").length == 60s);
  CHECK(parse_log("seconds=1.5&format=blf").length == 1500ms);
  CHECK(parse_log("format=blf").format.name == "blf");
  CHECK(parse_log("").format.name == "candump");
  for (const char* query : {"seconds=x", "seconds=-1", "format=db", "format=../log", "format="})
    CHECK_THROWS_AS(parse_log(query), Error);
}

TEST_CASE("filters of the page are those of the programs, names, or texts", "[web]") {
  CHECK(filters_json("12", nullptr) == R"({"text": "12"})");
  CHECK(filters_json(" eng ", catalog().get()) == R"({"text": "eng"})");
  CHECK(
      filters_json("12~7FF", nullptr) ==
      R"({"filters": [{"id": 18, "mask": 2047, "extended": null, "remote": null, "inverted": true}]})");
  CHECK(
      filters_json("Engine,remote", catalog().get()) ==
      R"({"filters": [{"id": 291, "mask": 2047, "extended": false, "remote": null, "inverted": false},)"
      "\n "
      R"({"id": 0, "mask": 0, "extended": null, "remote": true, "inverted": false}]})");
  CHECK_THROWS_AS(filters_json("12:xyz", nullptr), Error);
}

TEST_CASE("the download has the latest messages", "[web]") {
  History history(4);
  for (int i = 1; i <= 6; ++i) {
    Message message = frame(static_cast<std::uint32_t>(i), {});
    message.timestamp = std::chrono::seconds(i);
    history.add(std::span(&message, 1));
  }
  CHECK(history.size() == 4);
  const Format& format = *find_format(".log");
  CHECK(frames_of(history.log(60s, format)) ==
        std::vector<std::string>{"003#", "004#", "005#", "006#"});
  CHECK(frames_of(history.log(1s, format)) == std::vector<std::string>{"005#", "006#"});
  CHECK(find_format(".blf")->open(memory_source(history.log(60s, *find_format(".blf"))), {}));
  CHECK(frames_of(History().log(60s, format)).empty());
}

TEST_CASE("what viewers send", "[web]") {
  const auto bus = open_bus(virtual_bus("web sender")), other = open_bus(virtual_bus("web sender"));
  Sender sender(catalog());
  sender.send(*bus, " 123#11 ", "");
  CHECK(format_frame(*other->receive(1s)) == "123#11");
  sender.send(*bus, "Engine Speed=4", " ");
  CHECK(format_frame(*other->receive(1s)) == "123#0800");
  CHECK_THROWS_AS(sender.send(*bus, "Motor Speed=4", ""), Error);
  CHECK_THROWS_AS(Sender().send(*bus, "Engine Speed=4", ""), Error);
  for (const char* period : {"0", "0.5", "999us", "2h", "x"})
    CHECK_THROWS_AS(sender.send(*bus, "123#", period), Error);
  for (std::size_t i = 0; i < Sender::kMaxPeriodic; ++i) sender.send(*bus, "123#", "1h");
  CHECK_THROWS_AS(sender.send(*bus, "123#", "1h"), Error);
  sender.stop(3);
  CHECK(sender.periodic().size() == Sender::kMaxPeriodic - 1);
  sender.send(*bus, "456#", "1");
  CHECK(sender.periodic().back().number == Sender::kMaxPeriodic + 1);
  CHECK(sender.periodic().back().period == 1ms);
  CHECK(sender.check().empty());
  sender.stop_all();
  CHECK(sender.periodic().empty());
}

TEST_CASE("where the page is served", "[web]") {
  const auto text = [](const char* given) { return remote::to_string(parse_where(given)); };
  CHECK(text("8080") == "127.0.0.1:8080");
  CHECK(text("0.0.0.0:80") == "0.0.0.0:80");
  CHECK(text("[::1]:0") == "[::1]:0");
  CHECK(text("bench:8080") == "bench:8080");
  for (const char* given : {"", "bench", "99999", "bench:", ":80", "::1"})
    CHECK_THROWS_AS(parse_where(given), Error);
}

TEST_CASE("the page is served on a thread of its own", "[web]") {
  WebOptions options;
  options.where = "127.0.0.1:0";
  options.send = true;
  Service service(options, {}, virtual_bus("web service"), open_bus, catalog(),
                  [](LogLevel, const std::string&) {});
  CHECK(service.address().starts_with("http://127.0.0.1:"));
  const auto other = open_bus(virtual_bus("web service"));
  for (int i = 0; i < 50; ++i) other->send(frame(0x123, {1}));
  std::this_thread::sleep_for(300ms);
  service.stop();
  options.where = "0.0.0.0:0";
  std::string told;
  Service open(options, {}, virtual_bus("web service"), open_bus, nullptr,
               [&](LogLevel, const std::string& text) { told = text; });
  CHECK(told.find("may see this bus and send on it") != told.npos);
  CHECK_THROWS_AS(Service(options, {.read_only = true}, virtual_bus("web service"), open_bus,
                          nullptr, [](LogLevel, const std::string&) {}),
                  Error);
}
