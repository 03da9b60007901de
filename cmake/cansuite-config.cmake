# find_package(cansuite): the target cansuite::cansuite. A project of programs (not of shared objects)
# that are to need no shared library but the C library's sets CANSUITE_STATIC before.
include(${CMAKE_CURRENT_LIST_DIR}/cansuite-dependencies.cmake)
if(CANSUITE_MISSING)
  set(cansuite_FOUND FALSE)
  set(cansuite_NOT_FOUND_MESSAGE "${CANSUITE_MISSING}")
  return()
endif()
include(${CMAKE_CURRENT_LIST_DIR}/cansuite-targets.cmake)
if(NOT TARGET can::can)
  add_library(can::can ALIAS cansuite::cansuite)  # the name of version 0.1
endif()
