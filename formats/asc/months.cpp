// SPDX-License-Identifier: MIT
#include "formats/asc/months.h"

#include <algorithm>
#include <span>
#include <string>

#include "libcan/model/ascii.h"

namespace can::asc {
namespace {

/// Full names, folded (see folded()), separated by blanks; '|' separates two names of one month.
struct Language {
  std::string_view months;
  std::string_view weekdays;  // in any order
};

// English and German, the languages of most logs, come first: see kPreferred.
constexpr Language kLanguages[] = {
    // English, German, French, Italian, Spanish, Portuguese
    {"january february march april may june july august september october november december",
     "monday tuesday wednesday thursday friday saturday sunday"},
    {"januar|j?nner februar|feber m?rz|mrz april mai juni juli august september oktober november "
     "dezember",
     "montag dienstag mittwoch donnerstag freitag samstag sonntag"},
    {"janvier f?vrier mars avril mai juin juillet ao?t|aout septembre octobre novembre d?cembre",
     "lundi mardi mercredi jeudi vendredi samedi dimanche"},
    {"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
     "dicembre",
     "luned? marted? mercoled? gioved? venerd? sabato domenica"},
    {"enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre noviembre "
     "diciembre",
     "lunes martes mi?rcoles jueves viernes s?bado domingo"},
    {"janeiro fevereiro mar?o|mar abril maio junho julho agosto setembro outubro novembro dezembro",
     "segunda ter?a quarta quinta sexta s?bado domingo"},
    // Dutch, Swedish, Danish, Norwegian, Finnish
    {"januari februari maart|mrt april mei juni juli augustus september oktober november december",
     "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"},
    {"januari februari mars april maj juni juli augusti september oktober november december",
     "m?ndag tisdag onsdag torsdag fredag l?rdag s?ndag"},
    {"januar februar marts april maj juni juli august september oktober november december",
     "mandag tirsdag onsdag torsdag fredag l?rdag s?ndag"},
    {"januar februar mars april mai juni juli august september oktober november desember",
     "mandag tirsdag onsdag torsdag fredag l?rdag s?ndag"},
    {"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kes?kuuta hein?kuuta elokuuta "
     "syyskuuta lokakuuta marraskuuta joulukuuta",
     "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai"},
    // Polish, Czech, Croatian, Hungarian, Turkish
    {"stycze?|stycznia luty|lutego marzec|marca kwiecie?|kwietnia maj|maja czerwiec|czerwca "
     "lipiec|lipca sierpie?|sierpnia wrzesie?|wrze?nia|wrz pa?dziernik|pa?dziernika "
     "listopad|listopada grudzie?|grudnia",
     "poniedzia?ek wtorek ?roda|?r czwartek pi?tek|pt sobota niedziela"},
    {"leden|ledna ?nor|?nora b?ezen|b?ezna duben|dubna kv?ten|kv?tna ?erven|?ervna|?vn "
     "?ervenec|?ervence|?vc srpen|srpna z? ?jen|?jna listopad|listopadu prosinec|prosince",
     "pond?l? ?ter? st?eda ?tvrtek p?tek sobota ned?le"},
    {"sije?anj velja?a o?ujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni "
     "prosinac",
     "ponedjeljak utorak srijeda ?etvrtak petak subota nedjelja"},
    {"janu?r febru?r m?rcius ?prilis m?jus j?nius j?lius augusztus szeptember okt?ber november "
     "december",
     "h?tf? kedd szerda cs?t?rt?k p?ntek szombat vas?rnap"},
    {"ocak ?ubat mart nisan may?s haziran temmuz a?ustos eyl?l ekim kas?m aral?k",
     "pazartesi sal? ?ar?amba per?embe cuma cumartesi pazar"},
};

constexpr std::size_t kPreferred = 2;
constexpr std::size_t kShortestMonth = 3, kShortestWeekday = 2, kSureWeekday = 3;

/// The word in lower case, with '?' for each run of bytes above 127: "MÄRZ" is "m?rz" in any code
/// page.
std::string folded(std::string_view word) {
  std::string out;
  for (char c : word) {
    const bool foreign = static_cast<unsigned char>(c) > 0x7F;
    if (!foreign)
      out += to_lower(c);
    else if (!out.ends_with('?'))
      out += '?';
  }
  while (out.ends_with('.') || out.ends_with(',')) out.pop_back();
  return out;
}

/// Removes and returns the part of `text` up to `separator`.
std::string_view read_piece(std::string_view& text, char separator) {
  const std::string_view piece = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

bool starts_any(std::string_view names, char separator, std::string_view word) {
  while (!names.empty())
    if (read_piece(names, separator).starts_with(word)) return true;
  return false;
}

/// The month in one language; 0 for no month and for two.
int month_in(std::string_view names, std::string_view word) {
  int found = 0;
  for (int month = 1; !names.empty(); ++month) {
    std::string_view of_month = read_piece(names, ' ');
    if (!starts_any(of_month, '|', word)) continue;
    while (!of_month.empty())
      if (read_piece(of_month, '|') == word)
        return month;  // exact, where another month starts with the same letters
    if (found != 0) return 0;
    found = month;
  }
  return found;
}

/// The month in a preferred language, where the weekday is of that language or missing. So "Sun
/// Mar" is in March, although the Finnish words for Sunday and November start so.
int preferred_month(std::string_view word, std::string_view day) {
  for (const Language& language : std::span(kLanguages).first(kPreferred)) {
    const bool fits =
        day.empty() || (day.size() >= kSureWeekday && starts_any(language.weekdays, ' ', day));
    if (const int month = fits ? month_in(language.months, word) : 0; month != 0) return month;
  }
  return 0;
}

}  // namespace

int month_named(std::string_view name, std::string_view weekday) {
  const std::string word = folded(name), day = folded(weekday);
  if (name.size() < kShortestMonth) return 0;  // "září" is "z?"
  if (const int month = preferred_month(word, day); month != 0) return month;
  int anywhere = 0, here = 0;  // in all languages, in those of the weekday; -1: ambiguous
  const auto record = [](int& all, int month) { all = all == 0 || all == month ? month : -1; };
  for (const Language& language : kLanguages) {
    const int month = month_in(language.months, word);
    if (month == 0) continue;
    record(anywhere, month);
    if (day.size() >= kShortestWeekday && starts_any(language.weekdays, ' ', day))
      record(here, month);
  }
  return std::max(here != 0 ? here : anywhere, 0);
}

}  // namespace can::asc
