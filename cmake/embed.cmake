# Writes the source OUTPUT, which holds the FILES of canserver's page as apps/web/assets.h declares them.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")

set(arrays)
set(entries)
foreach(file ${FILES})
  cmake_path(GET file FILENAME name)
  cmake_path(GET file STEM stem)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  string(SUBSTRING ${extension} 1 -1 extension)
  set(path /${name})
  if(name STREQUAL page.html)
    set(path /)
  endif()
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char k_${stem}_${extension}[] = {${bytes}};\n")
  string(APPEND entries "    {\"${path}\", \"${type_${extension}}\", {k_${stem}_${extension}, sizeof k_${stem}_${extension}}},\n")
endforeach()

file(WRITE ${OUTPUT}
"// made by cmake/embed.cmake
#include \"apps/web/assets.h\"

namespace can::web {
namespace {

${arrays}
constexpr Asset kAssets[] = {
${entries}};

}  // namespace

std::span<const Asset> assets() { return kAssets; }

}  // namespace can::web
")
