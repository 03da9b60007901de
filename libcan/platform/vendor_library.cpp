// SPDX-License-Identifier: MIT
#include "libcan/platform/vendor_library.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "libcan/model/fail.h"
#include "libcan/platform/standard_output.h"

namespace can {
namespace {

std::vector<std::string> candidates(const VendorLibraryInfo& info, std::string_view given) {
  if (!given.empty()) return {std::string(given)};
  const char* const file = std::getenv(library_variable(info).c_str());
  if (file && *file != '\0') return {file};
  return {info.names.begin(), info.names.end()};
}

/// The first that can be loaded, with its file.
std::pair<std::string, SharedLibrary> load(const VendorLibraryInfo& info, std::string_view given) {
  divert_foreign_output();
  std::string tried, why;
  for (const std::string& file : candidates(info, given)) try {
      return {file, SharedLibrary(file)};
    } catch (const Error& error) {
      tried += (tried.empty() ? "" : ", ") + file;
      if (why.empty()) why = error.what();
    }
  fail(Errc::not_found, "can't load {}: tried {} ({}); {}", info.title, tried, why, info.advice);
}

}  // namespace

std::string library_variable(const VendorLibraryInfo& info) {
  std::string name = "CANSUITE_" + std::string(info.interface) + "_LIBRARY";
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

VendorLibrary::VendorLibrary(const VendorLibraryInfo& info, std::string_view given)
    : VendorLibrary(info, load(info, given)) {}

VendorLibrary::VendorLibrary(const VendorLibraryInfo& info,
                             std::pair<std::string, SharedLibrary> loaded)
    : title_(info.title), file_(std::move(loaded.first)), library_(loaded.second) {}

void VendorLibrary::refuse(const char* symbol) const {
  fail(Errc::unsupported, "{}: the library has no function {}; is it {}, and not too old?", file_,
       symbol, title_);
}

std::string_view find_words(std::span<const CodeWords> table, std::int64_t code) {
  const auto found = std::ranges::find(table, code, &CodeWords::code);
  return found == table.end() ? std::string_view() : found->words;
}

}  // namespace can
