# What makes faults of the programs harder to use against them; SECURITY.md lists it.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(cansuite_hardening INTERFACE)
target_compile_options(
  cansuite_hardening
  INTERFACE -fstack-protector-strong -fstack-clash-protection
            $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>
            # needs optimization; a distribution's flags may define it, too
            $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
            $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=2>)
target_link_options(cansuite_hardening INTERFACE LINKER:-z,relro LINKER:-z,now)
