// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "formats/asc/date.h"
#include "formats/registry/registry.h"
#include "formats/support/scanner.h"
#include "libcan/model/civil_time.h"
#include "libcan/model/fail.h"
#include "libcan/model/frame_text.h"

using namespace can;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

const Format& asc_format() { return format_named("asc"); }

LogOptions utc() { return {.zone = {.local = false}}; }

std::unique_ptr<LogReader> reader_of(std::string text) {
  return asc_format().open(memory_source(std::move(text), "drive.asc"), utc());
}

/// "1.500000000 2 Tx 123#DEADBEEF", or "1.500000000 1 Rx error".
std::string shown(const Message& m) {
  const auto count = m.timestamp.count();
  std::string frame = "error";
  if (!m.error) format_frame(m, frame = "");
  return fmt::format("{}{}.{:09} {} {} {}", count < 0 ? "-" : "", std::abs(count / 1'000'000'000),
                     std::abs(count % 1'000'000'000), m.channel.name(), m.transmitted ? "Tx" : "Rx",
                     frame);
}

std::vector<std::string> read(LogReader& reader) {
  std::vector<std::string> frames;
  for (Message m; reader.read({&m, 1}) != 0;) frames.push_back(shown(m));
  return frames;
}

std::vector<std::string> read(const std::string& text) { return read(*reader_of(text)); }

/// The one frame in a log of this event at 1 s.
std::string frame_in(const std::string& event, const std::string& base = "hex") {
  const auto frames = read("base " + base + "  timestamps absolute\n   1.000000 " + event + "\n");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].starts_with("1.000000000 "));
  return frames[0].substr(12);
}

void check_refused(const std::string& event, const std::string& why) {
  CAPTURE(event);
  auto reader = reader_of("base hex  timestamps absolute\n 1.000000 " + event + "\n");
  Message m;
  CHECK_THROWS_WITH(reader->read({&m, 1}), "drive.asc:2: " + why);
  CHECK(reader->read({&m, 1}) == 0);
}

std::string start_in(const std::string& header) {
  const auto frames = read(header + "\nbase hex  timestamps absolute\n 0.000000 1 1 Rx d 0\n");
  REQUIRE(frames.size() == 1);
  return frames[0].substr(0, frames[0].find(' '));
}

std::string date_of(std::string_view text) {
  const auto date = asc::parse_date(text);
  if (!date) return "none";
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}.{:09}", date->year, date->month, date->day,
                     date->hour, date->minute, date->second, date->nanosecond);
}

std::string written(std::span<const Message> messages, const TimeZone& zone = {.local = false}) {
  std::string bytes;
  auto writer = asc_format().create(memory_sink(bytes), {.zone = zone});
  writer->write(messages);
  writer->close();
  return bytes;
}

}  // namespace

TEST_CASE("asc: dates in many languages") {
  CHECK(date_of("Sat Sep 30 15:06:13.191 2017") == "2017-09-30 15:06:13.191000000");
  CHECK(date_of("Thu Nov 2 02:02:14.915 pm 2023") == "2023-11-02 14:02:14.915000000");
  CHECK(date_of("Thu Nov 2 12:02:14 AM 2023") == "2023-11-02 00:02:14.000000000");
  CHECK(date_of("Thu Nov 2 12:02:14 pm 2023") == "2023-11-02 12:02:14.000000000");
  CHECK(date_of("Thu Nov 2 14:02:14 PM 2023") == "2023-11-02 14:02:14.000000000");
  CHECK(date_of("Sat Jan 24 15:09:15.88 2026") == "2026-01-24 15:09:15.880000000");
  CHECK(date_of("Die M\xC3\xA4r 3 10:00:00 2020") == "2020-03-03 10:00:00.000000000");
  CHECK(date_of("Die M\xE4r 3 10:00:00 2020") == "2020-03-03 10:00:00.000000000");
  CHECK(date_of("Don Okt 1 10:00:00,5 2020") == "2020-10-01 10:00:00.500000000");
  CHECK(date_of("mar. nov. 3 10:00:00 2020") == "2020-11-03 10:00:00.000000000");
  CHECK(date_of("mar. f\xC3\xA9vr. 4 10:00:00 2020") == "2020-02-04 10:00:00.000000000");
  CHECK(date_of("jeu. ao\xFBt 6 10:00:00 2020") == "2020-08-06 10:00:00.000000000");
  CHECK(date_of("\xE6\x9C\xA8 11 2 14:02:14 2023") == "2023-11-02 14:02:14.000000000");
  CHECK(date_of("\x96\xD8 11\x8C\x8E 2 02:02:14 \x8C\xDF\x8C\xE3 2023") ==
        "2023-11-02 14:02:14.000000000");
  CHECK(date_of("to marras 26 13:05:06 2026") == "2026-11-26 13:05:06.000000000");
  CHECK(date_of("\xC5\x9Br. lis 25 10:00:00 2026") == "2026-11-25 10:00:00.000000000");
  CHECK(date_of("pon lip 1 10:00:00 2026") == "none");  // June in Zagreb, July in Warsaw
  CHECK(date_of("pon. lipca 1 10:00:00 2026") == "2026-07-01 10:00:00.000000000");
  CHECK(date_of("uto lip 1 10:00:00 2026") == "2026-06-01 10:00:00.000000000");
  CHECK(date_of("jue jun. 4 10:00:00 2026") == "2026-06-04 10:00:00.000000000");
  CHECK(date_of("jeu. juin 4 10:00:00 2026") == "2026-06-04 10:00:00.000000000");
  CHECK(date_of("jeu. juil. 2 10:00:00 2026") == "2026-07-02 10:00:00.000000000");
  CHECK(date_of("30.09.2017 15:06:13") == "2017-09-30 15:06:13.000000000");
  CHECK(date_of("2017/09/30 15:06:13") == "2017-09-30 15:06:13.000000000");
  CHECK(date_of("Tue Aug 24 19:37:18 CEST 2021") == "2021-08-24 19:37:18.000000000");
}

namespace {

struct Language {
  std::string_view name, months, weekdays;
};

// From January and from Sunday.
constexpr Language kLanguages[] = {
    {"English",
     "January February March April May June July August September October November December",
     "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"},
    {"German", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
     "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"},
    {"French",
     "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
     "dimanche lundi mardi mercredi jeudi vendredi samedi"},
    {"Italian",
     "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
     "dicembre",
     "domenica lunedì martedì mercoledì giovedì venerdì sabato"},
    {"Spanish",
     "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
     "domingo lunes martes miércoles jueves viernes sábado"},
    {"Portuguese",
     "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
     "domingo segunda terça quarta quinta sexta sábado"},
    {"Dutch",
     "januari februari maart april mei juni juli augustus september oktober november december",
     "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag"},
    {"Swedish",
     "januari februari mars april maj juni juli augusti september oktober november december",
     "söndag måndag tisdag onsdag torsdag fredag lördag"},
    {"Danish",
     "januar februar marts april maj juni juli august september oktober november december",
     "søndag mandag tirsdag onsdag torsdag fredag lørdag"},
    {"Norwegian",
     "januar februar mars april mai juni juli august september oktober november desember",
     "søndag mandag tirsdag onsdag torsdag fredag lørdag"},
    {"Finnish",
     "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta "
     "syyskuuta lokakuuta marraskuuta joulukuuta",
     "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai"},
    {"Polish",
     "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
     "grudnia",
     "niedziela poniedziałek wtorek środa czwartek piątek sobota"},
    {"Czech", "ledna února března dubna května června července srpna září října listopadu prosince",
     "neděle pondělí úterý středa čtvrtek pátek sobota"},
    {"Croatian",
     "siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni "
     "prosinac",
     "nedjelja ponedjeljak utorak srijeda četvrtak petak subota"},
    {"Hungarian",
     "január február március április május június július augusztus szeptember október november "
     "december",
     "vasárnap hétfő kedd szerda csütörtök péntek szombat"},
    {"Turkish", "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
     "pazar pazartesi salı çarşamba perşembe cuma cumartesi"},
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (Scanner rest(text); !rest.done();) words.emplace_back(rest.read_word());
  return words;
}

/// The first `count` characters, each as long as UTF-8 has it.
std::string shortened(const std::string& word, std::size_t count) {
  std::size_t size = 0;
  const auto inside = [&] { return (static_cast<unsigned char>(word[size]) & 0xC0) == 0x80; };
  for (; size < word.size() && (count > 0 || inside()); ++size)
    if (!inside() && count-- == 0) break;
  return word.substr(0, size);
}

}  // namespace

TEST_CASE("asc: each month and weekday of each language is right, or no date") {
  constexpr std::size_t kFull = 99;
  for (const Language& language : kLanguages)
    for (const std::size_t length : {std::size_t{3}, kFull}) {
      // Finns abbreviate Sunday to two letters: "Sun Mar" is English.
      if (language.name == "Finnish" && length != kFull) continue;
      const auto months = words_of(language.months), weekdays = words_of(language.weekdays);
      REQUIRE(months.size() == 12);
      REQUIRE(weekdays.size() == 7);
      int none = 0;
      for (std::size_t month = 0; month < 12; ++month)
        for (const std::string& weekday : weekdays) {
          const std::string text = shortened(weekday, length) + " " +
                                   shortened(months[month], length) + " 7 12:00:00.500 am 2024";
          const std::string date = date_of(text);
          CAPTURE(language.name, text, date);
          CHECK((date == "none" ||
                 date == fmt::format("2024-{:02}-07 00:00:00.500000000", month + 1)));
          none += date == "none";
        }
      CAPTURE(language.name, length, none);
      const bool sure = length == kFull || language.name == "English" || language.name == "German";
      if (sure) CHECK(none == 0);
    }
  CHECK(date_of("Mar 31 12:00:00.500 am 2024") == "2024-03-31 00:00:00.500000000");
  CHECK(date_of("su marras 3 10:00:00 2024") == "2024-11-03 10:00:00.000000000");
}

TEST_CASE("asc: a date that would have to be guessed is none") {
  for (const char* text :
       {"", "Sat Sep 30 15:06:13.191", "Sat Sep 30 2017", "02/03/2017 15:06:13",
        "Sat 30 15:06 2017", "Xyz Abc 30 15:06:13 2017", "Sat Sep 31x 25:06:13 2017",
        "Sat Sep 32 15:06:13 2017", "Sat Sep 30 15:61:13 2017", "Sat Sep 30 15:06:99 2017",
        "Sat 13 30 15:06:13 2017", "Sat Sep 30 1 15:06:13 2017", "99999999999999999999 15:06:13",
        ":", "1:", "1:2:"}) {
    CAPTURE(text);
    CHECK(date_of(text) == "none");
  }
}

TEST_CASE("asc: a written date is read back") {
  for (int hour : {0, 1, 11, 12, 13, 23}) {
    const CivilTime date{.year = 2024,
                         .month = 2,
                         .day = 9,
                         .hour = hour,
                         .minute = 5,
                         .second = 7,
                         .nanosecond = 9'000'000,
                         .weekday = 5};
    char text[asc::kLongestDate];
    const char* end = asc::put_date(text, date);
    const std::string date_text(text, static_cast<std::size_t>(end - text));
    CAPTURE(date_text);
    CHECK(date_of(date_text) == fmt::format("2024-02-09 {:02}:05:07.009000000", hour));
  }
}

TEST_CASE("asc: where times count from") {
  const std::string date = "date Sat Sep 30 03:06:13.191 pm 2017";
  CHECK(start_in(date) == "1506783973.191000000");
  CHECK(start_in("Begin Triggerblock Sat Sep 30 15:06:14 2017") == "1506783974.000000000");
  CHECK(start_in(date + "\nBegin TriggerBlock Sat Sep 30 15:06:14 2017") == "1506783974.000000000");
  CHECK(start_in(date + "\nBegin Triggerblock") == "1506783973.191000000");
  CHECK(start_in("date Thu Jan 01 08:00:00 AM 1970") == "0.000000000");
  CHECK(start_in("// no date") == "0.000000000");
  SECTION("later blocks only interrupt") {
    CHECK(start_in("Begin Triggerblock Sat Sep 30 15:06:14 2017\nEnd TriggerBlock\n"
                   "Begin Triggerblock Sat Sep 30 16:00:00 2017") == "1506783974.000000000");
  }
  SECTION("a second header starts anew") {
    CHECK(start_in(date + "\nBegin Triggerblock Sat Sep 30 15:06:14 2017\nEnd TriggerBlock\n"
                          "date Sun Oct 01 00:00:00 2017\n"
                          "Begin Triggerblock Sun Oct 01 00:00:01 2017") == "1506816001.000000000");
  }
  SECTION("the zone is an option") {
    auto reader = asc_format().open(memory_source(date + "\n 0.000000 1 1 Rx d 0\n"),
                                    {.zone = parse_time_zone("+02:00")});
    CHECK(read(*reader)[0].starts_with("1506776773.191"));
  }
  SECTION("a date that can't be understood is a warning") {
    auto reader = reader_of("date Hm\xFF 1 2 3\n 0.500000 1 1 Rx d 0\n");
    CHECK(read(*reader)[0].starts_with("0.500000000"));
    REQUIRE(reader->warning_count() == 1);
    CHECK(reader->warnings()[0] == "drive.asc:1: expected a date, got 'Hm\xFF 1 2 3'");
  }
}

TEST_CASE("asc: header variants") {
  using Frames = std::vector<std::string>;
  const Frames one = {"0.250000000 1 Rx 010#"};
  CHECK(read("0.25 1 10 Rx d 0") == one);
  CHECK(read("\xEF\xBB\xBF"
             "base hex\r\ntimestamps absolute\r\n0.25 1 10 Rx d 0\r\n") == one);
  CHECK(read("BASE HEX TIMESTAMPS ABSOLUTE\n\t0.25\t1\t10\tRx\td\t0\n") == one);
  CHECK(read("base hex  timestamps absolute\r 0,25 1 10 Rx d 0\r") == one);
  CHECK(read("base dec no internal events logged\n 0.25 1 16 Rx d 0 \n") == one);
  CHECK(read("base hex  timestamps relative\n 0.10 1 10 Rx d 0\n 0.05 1 Statistic: D 0 R 0\n"
             "//0.7 comment\n 0.10 EnvSpeed := 40\n 0.25 2 11 Tx d 0\n") ==
        Frames{"0.100000000 1 Rx 010#", "0.500000000 2 Tx 011#"});
  CHECK(read("base hex  timestamps absolute\n -0.000100 1 10 Rx d 0\n") ==
        Frames{"-0.000100000 1 Rx 010#"});
}

TEST_CASE("asc: classic frames") {
  CHECK(frame_in("1  123             Tx   d 2 0A ff  Length = 1 BitCount = 67 ID = 291") ==
        "1 Tx 123#0AFF");
  CHECK(frame_in("12 18EBFF00x Rx d 8 01 A0 0F A6 60 3B D1 40") ==
        "12 Rx 18EBFF00#01A00FA6603BD140");
  CHECK(frame_in("1 123x TxRq D 1 01") == "1 Tx 00000123#01");
  CHECK(frame_in("1 123 rx d 1 01") == "1 Rx 123#01");
  CHECK(frame_in("1 123 TX d 1 01") == "1 Tx 123#01");
  CHECK(frame_in("1 047 Tx d 4 4 fa 0 3 ") == "1 Tx 047#04FA0003");
  CHECK(frame_in("1 123 Rx d d 00 01 02 03 04 05 06 07") == "1 Rx 123#0001020304050607_D");
  CHECK(frame_in("1 800 Rx d 0") == "1 Rx 00000800#");
  CHECK(frame_in("1 123 Engine Rx d 1 01") == "1 Rx 123#01");
  CHECK(frame_in("1 Engine Rx d 1 01 Length = 5 BitCount = 3 ID = 418119424x") ==
        "1 Rx 18EBFF00#01");
  CHECK(frame_in("1 291 Rx d 3 1 20 255", "dec") == "1 Rx 123#0114FF");
}

TEST_CASE("asc: remote and error frames") {
  CHECK(frame_in("2 100 Tx r") == "2 Tx 100#R");
  CHECK(frame_in("2 100 Rx r 8 Length = 1704000 BitCount = 145 ID = 88888888x") == "2 Rx 100#R8");
  CHECK(frame_in("2 100 Rx r Length = 1704000 BitCount = 145") == "2 Rx 100#R");
  CHECK(frame_in("2 100x Rx r F") == "2 Rx 00000100#R8_F");
  CHECK(frame_in("1 ErrorFrame") == "1 Rx error");
  CHECK(frame_in("2  ErrorFrame\tECC: 10100010") == "2 Rx error");
  CHECK(frame_in("CANFD   5 Tx ErrorFrame Not Acknowledge error, fffe c7 0 0 f 64 00") ==
        "5 Tx error");
}

TEST_CASE("asc: lines of FD channels") {
  const std::string tail = "   102203  133   ";
  const std::string data = "01 02 03 04 05 06 07 08";
  CHECK(frame_in("CANFD   2 Rx  300  Name_12   1 0 8  8 " + data + tail + "303000 e0006659 4") ==
        "2 Rx 300##10102030405060708");
  CHECK(frame_in("CANFD 62 Tx 167x 0 1 9 12 " + data + " 09 0a 0B 0C" + tail + "5000 0") ==
        "62 Tx 00000167##20102030405060708090A0B0C");
  CHECK(frame_in("CANFD 1 Rx 10 0 0 0 0") == "1 Rx 010##0");
  CHECK(frame_in("CANFD 1 Rx 10 0 0 0  0 " + tail + "1010 0") == "1 Rx 010##0");
  CHECK(frame_in("CANFD 1 Rx a8 0 0 1 1 10" + tail + "1000 0", "dec") == "1 Rx 0A8##010");
  SECTION("classic frames on them") {
    CHECK(frame_in("CANFD 1 Rx 10 0 0 2 2 01 02" + tail + "0 0") == "1 Rx 010#0102");
    CHECK(frame_in("CANFD 1 Rx 10 0 0 c 8 " + data + tail + "40 0") ==
          "1 Rx 010#0102030405060708_C");
    CHECK(frame_in("CANFD 3 Tx 50005x 0 0 5 0 140000 73 200050 7a60 46500250") ==
          "3 Tx 00050005#R5");
    CHECK(frame_in("CANFD 3 Tx 50005x 0 0 8 8 140000 73 200010 7a60 46500250") ==
          "3 Tx 00050005#R8");
    CHECK(frame_in("CANFD 1 Rx 10 1 0 2 2 01 02" + tail + "0 0") == "1 Rx 010#0102");
  }
  SECTION("the older layout") {
    CHECK(frame_in("CANFD 1  101  Tx  1 0 d 8 8 " + data + "  Length = 209000 BitCount = 128") ==
          "1 Tx 101##10102030405060708");
    CHECK(frame_in("CANFD 1  100  Tx  0 0 r 8  8 Length = 138000") == "1 Tx 100#R8");
    CHECK(frame_in("CANFD 1  100  Tx  0 0 r 8  Length = 138000") == "1 Tx 100#R8");
    CHECK(frame_in("CANFD 1 Rx 100  0 0 r 8") == "1 Rx 100#R8");
    CHECK(frame_in("CANFD 1 Rx 101  1 0 8 8 " + data + "  Length = 209000 BitCount = 128") ==
          "1 Rx 101##10102030405060708");
  }
  SECTION("more than 8 bytes on a classic line, numbered in any way") {
    const std::string twelve = data + " 09 0A 0B 0C";
    for (const char* number : {"9", "c", "12"}) {
      CAPTURE(number);
      CHECK(frame_in(std::string("1 10 Rx d ") + number + " " + twelve + " Length = 5") ==
            "1 Rx 010##00102030405060708090A0B0C");
    }
  }
}

TEST_CASE("asc: what is no CAN frame is skipped") {
  for (const char* event :
       {"Start of measurement", "1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%",
        "CAN 1 Status:chip status error passive - TxErr: 132 RxErr: 0", "1  OverloadFrame",
        "1  J1939TP FEE3p  6  0  0 - Rx d 23 A0 0F A6", "Li 2d Tx 8 00 f0", "ETH 2 Tx 3c:FFFF",
        "COM2 Rx 10400 1 55", "M1 NetState: 0 2", "EnvVECU_SpeedSlider := 40",
        "SV: 1 0 1 ::a::b = 5", "Fr RMSG 0 0 1 1", "CANSTRESS 1 a"}) {
    CAPTURE(event);
    auto reader = reader_of(std::string(" 1.000000 ") + event + "\n");
    CHECK(read(*reader).empty());
    CHECK(reader->warning_count() == 0);
  }
  auto reader = reader_of(" 1.0 CANXL 1 Rx XLFF 0 0\n 2.0 CANXL 1 Rx XLFF 0 0\n");
  CHECK(read(*reader).empty());
  REQUIRE(reader->warning_count() == 1);
  CHECK(reader->warnings()[0] == "drive.asc: 2 CAN XL frames left out, the first at line 1");
}

TEST_CASE("asc: what isn't understood is counted and told") {
  auto reader = reader_of(
      "base hex  timestamps absolute\n 0.5 1 10 Rx d 0\n 1.0 0.0 1 47 Tx d 0\n"
      " 2.0 1 47 Rq d 0\n 2.0 anything else\nwhat\n\n// that\n");
  CHECK(read(*reader).size() == 1);
  REQUIRE(reader->warning_count() == 1);
  CHECK(reader->warnings()[0] ==
        "drive.asc: 4 lines not understood, the first at line 3: ' 1.0 0.0 1 47 Tx d 0'");
}

TEST_CASE("asc: lines that start with a number make no ASC log") {
  CHECK(asc_format().sniff("1320745424.002 R11 402 FA 01\n") == 0);
  CHECK_THROWS_WITH(read("0.5 CXX hello\n0.7 R11 402 FA 01\n"),
                    "drive.asc: no frame found; 2 lines not understood, the first at line 1: '0.5 "
                    "CXX hello'");
}

TEST_CASE("asc: broken frames are refused") {
  check_refused("1 123 Rx d 2 01", "expected 2 data bytes, got the end of the line");
  check_refused("1 123 Rx d 2 01 xyz", "expected 2 data bytes, got 'xyz'");
  check_refused("1 123 Rx d 2 01 100", "expected 2 data bytes, got '100'");
  check_refused("1 123 Rx d 65 01", "expected a data length code, got '65'");
  check_refused("1 123 Rx d 10 01 02 03 04 05 06 07 08", "expected 16 data bytes, got 8");
  check_refused("1 123 Rx d 9 01 02 03 04 05 06 07 08 09",
                "expected the length of a CAN FD frame, got 9");
  check_refused("1 123 Rx d", "expected a data length code, got the end of the line");
  check_refused("1 123 Rx q 2 01 02", "expected d or r, got 'q'");
  check_refused("1 xyz Rx d 0", "expected an arbitration id, got 'xyz'");
  check_refused("1 20000000x Rx d 0", "expected an arbitration id, got '20000000x'");
  check_refused("CANFD", "expected a channel number, got the end of the line");
  check_refused("CANFD 1 Rx xyz 0 0 0 0", "expected an arbitration id, got 'xyz'");
  check_refused("CANFD 1 10 Rq 0 0 0 0", "expected Rx or Tx, got 'Rq'");
  check_refused("CANFD 1 Rx 10 2 0 0 0", "expected BRS as 0 or 1, got '2'");
  check_refused("CANFD 1 Rx 10 0 0 10 0", "expected a data length code, got '10'");
  check_refused("CANFD 1 Rx 10 0 0 f 63 01", "expected the length of a CAN FD frame, got 63");
  check_refused("CANFD 1 Rx 10 0 0 f 65 01", "expected a length up to 64, got '65'");
  check_refused("CANFD 1 Rx 10 0 0 9 12 01", "expected 12 data bytes, got the end of the line");
  check_refused("CANFD 1 Rx 10 0 0 3 2 01 02 0 0 0", "expected 3 data bytes, got 2");
}

TEST_CASE("asc: more data than the length says is refused") {
  check_refused("1 123 Rx   d 1 11 22", "expected no more data bytes, got '22'");
  check_refused("1 123 Rx d 0 11 Length = 5", "expected no more data bytes, got '11 Length = 5'");
  check_refused("CANFD 1 101 Tx 1 0 d 1 1 01 02", "expected no more data bytes, got '02'");
  CHECK(frame_in("1 123 Rx   d 1 11  BitCount = 67") == "1 Rx 123#11");
  CHECK(frame_in("1 123 Rx   d 1 11  // seen") == "1 Rx 123#11");
}

TEST_CASE("asc: events of no known kind are told, and no log is made of them alone") {
  CHECK(frame_in("canfd 1 Rx 123 1 0 1 1 11") == "1 Rx 123##111");
  for (const char* event :
       {"can1 123 Rx d 1 11", "-1 13 Rx d 1 11", "CAN 1 123 Rx d 1 11", "hello world", "1 123"}) {
    CAPTURE(event);
    const std::string line = std::string(" 1.0 ") + event + "\n";
    CHECK_THROWS_WITH(read("base hex  timestamps absolute\n" + line),
                      Catch::StartsWith("drive.asc: no frame found; 1 line not understood"));
    auto reader = reader_of(" 0.5 1 10 Rx d 0\n" + line);
    CHECK(read(*reader).size() == 1);
    CHECK(reader->warning_count() == 1);
  }
}

TEST_CASE("asc: a log joined to a cut one has its own date") {
  const std::string first =
      "date Wed Jan 1 10:00:00 2020\nbase hex  timestamps absolute\n"
      "Begin Triggerblock Wed Jan 1 10:00:00 2020\n 1.0 1 10 Rx d 1 11\n";
  const std::string second =
      "date Thu Nov 2 10:00:00 2023\nbase hex  timestamps absolute\n 1.0 1 11 Rx d 0\n";
  for (const char* cut :
       {"End Trig", " 2.0 1 12 Rx d 2 11", " 2.0 1 12 Rx d 2 11 ", " 2.0 1 12 Rx d 1 11",
        " 2.0 1 12 Rx d 1 11 ", " 2.0 1 12 Rx d 1 11 Length = 0 BitCo", " 2.0 1", " 2."}) {
    for (const char* mark : {"", "\xEF\xBB\xBF"}) {
      CAPTURE(cut, mark);
      auto reader = reader_of(first + cut + mark + second);
      std::vector<std::string> frames;
      Message m;
      for (bool more = true; more;) try {
          if ((more = reader->read({&m, 1}) == 1)) frames.push_back(shown(m));
        } catch (const Error& error) {
          CHECK_THAT(error.what(), Catch::StartsWith("drive.asc:5: "));
        }
      REQUIRE(frames.size() >= 2);
      CHECK(frames[0] == "1577872801.000000000 1 Rx 010#11");
      CHECK(frames.back() == "1698919201.000000000 1 Rx 011#");
    }
  }
}

TEST_CASE("asc: reading goes on behind a broken frame") {
  auto reader = reader_of(" 1.0 1 10 Rx d 0\n 2.0 1 10 Rx d 1\n 3.0 1 10 Rx d 0\n");
  reader->keep_going(true);
  CHECK(read(*reader).size() == 2);
  CHECK(reader->warning_count() == 1);
}

TEST_CASE("asc: a last line may lack its end, but not its data") {
  CHECK(read(" 1.0 1 10 Rx d 1 0A").size() == 1);
  CHECK(read(" 1.0 1 10 Rx d 0").size() == 1);
  CHECK(read(" 1.0 CANFD 1 Rx 10 0 0 1 1 0A 0 0 1000 0").size() == 1);
  CHECK_THROWS_WITH(read(" 1.0 1 10 Rx d 1 0"),
                    "drive.asc:1: the last line is cut: expected two digits");
}

TEST_CASE("asc: times beyond what can be told are refused") {
  const std::string header = "date Sat Sep 30 15:06:13 2217\nbase hex  timestamps relative\n";
  CHECK_THROWS_WITH(read(header + " 9000000000.0 1 10 Rx d 0\n"),
                    "drive.asc:3: expected a time from 1678 to 2261");
  CHECK_THROWS_WITH(read(header + " 9000000000.0 a\n 9000000000.0 a\n"),
                    "drive.asc:4: expected a time from 1678 to 2261");
}

TEST_CASE("asc: other texts are no ASC logs") {
  for (const char* text : {"TEST START TIME: 2018/05/13\n  1 - 32   1111\n",
                           "\x7F"
                           "ELF\n",
                           "a,b\n"}) {
    CAPTURE(text);
    CHECK(asc_format().sniff(text) == 0);
    CHECK_THROWS_WITH(read(text), Catch::StartsWith("drive.asc: no frame found; "));
  }
  CHECK(read("").empty());
  CHECK(asc_format().sniff("date Sat Sep 30 15:06:13 2017\nbase hex  timestamps absolute\n") >= 90);
  CHECK(asc_format().sniff("   1.592186 1  ErrorFrame\tECC: 10100010\n") >= 50);
  CHECK(asc_format().sniff("0.073973 Li 2d Tx 8 00 f0\n") > 0);
}

TEST_CASE("asc: what is written") {
  Message m{.timestamp = 1'506'783'973'191'234'567ns,
            .id = 0x1AB,
            .channel = Channel("can0"),
            .length = 3,
            .data = {1, 2, 0xAB}};
  std::vector<Message> messages(6, m);
  messages[1].extended = messages[1].transmitted = true;
  messages[1].length = 0;
  messages[2].remote = true;
  messages[3] = {.timestamp = m.timestamp, .channel = Channel("2"), .error = true};
  messages[4].fd = messages[4].brs = true;
  messages[5] = {.timestamp = m.timestamp - 1ms,
                 .id = 0x1FFFFFFF,
                 .channel = Channel("can0"),
                 .length = 12,
                 .extended = true,
                 .fd = true,
                 .esi = true};
  CHECK(written(messages) ==
        "date Sat Sep 30 03:06:13.190 pm 2017\n"
        "base hex  timestamps absolute\n"
        "internal events logged\n"
        "Begin Triggerblock Sat Sep 30 03:06:13.190 pm 2017\n"
        " 0.000000 Start of measurement\n"
        " 0.001234 1  1AB             Rx   d 3 01 02 AB\n"
        " 0.001234 1  1ABx            Tx   d 0\n"
        " 0.001234 1  1AB             Rx   r 3\n"
        " 0.001234 2  ErrorFrame\n"
        " 0.001234 CANFD   1 Rx        1AB                                   1 0 3  3 01 02 AB"
        "        0    0     3000        0        0        0        0        0\n"
        " 0.000234 CANFD   1 Rx   1FFFFFFFx                                   0 1 9 12"
        " 00 00 00 00 00 00 00 00 00 00 00 00"
        "        0    0     5000        0        0        0        0        0\n"
        "End TriggerBlock\n");
}

TEST_CASE("asc: times survive") {
  const auto check_kept = [](std::vector<nanoseconds> times, const TimeZone& zone) {
    std::vector<Message> messages;
    for (nanoseconds time : times) messages.push_back({.timestamp = time});
    auto reader = asc_format().open(memory_source(written(messages, zone)), {.zone = zone});
    std::vector<Message> got(times.size());
    REQUIRE(reader->read(got) == times.size());
    for (std::size_t i = 0; i < times.size(); ++i) CHECK(got[i].timestamp == times[i]);
  };
  SECTION("with a date, also before the first message") {
    std::string bytes;
    auto writer = asc_format().create(memory_sink(bytes), utc());
    const Message first{.timestamp = 1'700'000'000s},
        second{.timestamp = 1'699'999'999'999'999'999ns};
    writer->write({&first, 1});
    writer->write({&second, 1});
    writer->close();
    CHECK(read(bytes) == std::vector<std::string>{"1700000000.000000000 1 Rx 000#",
                                                  "1699999999.999999000 1 Rx 000#"});
  }
  SECTION("without a date, in any zone") {
    check_kept({0s, 1us, 100h, 600'000'000s, -5us}, parse_time_zone("-05:00"));
  }
  SECTION("in the hour that a clock shows twice") {
    const char* before = std::getenv("TZ");
    const std::string zone = before ? before : "";
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    // 2023-10-29 02:30 summer time, then 02:30 winter time.
    check_kept({1'698'539'400s + 7us}, {});
    check_kept({1'698'543'000s + 7us}, {});
    before ? setenv("TZ", zone.c_str(), 1) : unsetenv("TZ");
    tzset();
  }
  SECTION("or are cut where they can't be told") {
    CHECK_NOTHROW(written(std::vector<Message>{{.timestamp = 1'700'000'000s}}));
    const Message late{.timestamp = nanoseconds::max()}, early{.timestamp = nanoseconds::min()};
    CHECK_NOTHROW(written(std::vector<Message>{early, late}));
    CHECK_NOTHROW(written(std::vector<Message>{late, early}));
  }
}

TEST_CASE("asc: comments are lines of their own") {
  std::string bytes;
  auto writer = asc_format().create(memory_sink(bytes), utc());
  const Message m{.timestamp = 1'700'000'000s};
  writer->event("bitrate 500000");
  writer->write({&m, 1});
  writer->event("two\nlines");
  writer->close();
  CHECK_THAT(bytes, Catch::Contains("internal events logged\n// bitrate 500000\nBegin Trigg"));
  CHECK_THAT(bytes, Catch::Contains("d 0\n// 0.000000 two lines\nEnd TriggerBlock\n"));
  CHECK(read(bytes).size() == 1);
}

TEST_CASE("asc: events come back with their times") {
  std::string bytes;
  auto writer = asc_format().create(memory_sink(bytes), utc());
  const Message messages[] = {{.timestamp = 1'700'000'001s}, {.timestamp = 1'700'000'004s}};
  CHECK(writer->event("overtaking", 1'700'000'000s));
  writer->write(messages);
  CHECK(writer->event("1 123 Rx d 1 00", 1'700'000'003s + 1us));
  CHECK(writer->event("12.5 km\r\nleft"));
  writer->close();
  bytes += " 9.5 braking hard\n";  // as by python-can
  std::vector<std::string> told;
  LogOptions options = utc();
  options.on_event = [&told](const LogEvent& event) {
    const auto micros = std::chrono::floor<std::chrono::microseconds>(event.time).count();
    CHECK(event.since_start == event.time - 1'700'000'000s);
    CHECK(event.text == "comment '" + event.remark + "'");
    told.push_back(fmt::format("{} {} {}", event.log, micros, event.remark));
  };
  auto reader = asc_format().open(memory_source(bytes, "a.asc"), options);
  std::vector<Message> room(10);
  CHECK(reader->read(room) == 2);
  CHECK(reader->read(room) == 0);
  CHECK(told == std::vector<std::string>{
                    "a.asc 1700000000000000 overtaking", "a.asc 1700000003000001 1 123 Rx d 1 00",
                    "a.asc 1700000004000000 12.5 km  left", "a.asc 1700000009500000 braking hard"});
}
