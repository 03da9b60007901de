# find_package(cansuite) gives the target can::can.
include(CMakeFindDependencyMacro)
find_dependency(fmt)
find_dependency(Threads)
find_dependency(ZLIB)
find_dependency(SQLite3)
find_dependency(OpenSSL)
include(${CMAKE_CURRENT_LIST_DIR}/cansuite.cmake)
