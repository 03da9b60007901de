# The libraries that the archive needs. cansuite::dependencies: what whoever links the archive links,
# too. cansuite_private: the headers that the sources include.
find_package(fmt REQUIRED)
find_package(msgpack REQUIRED CONFIG)
include(cmake/cansuite-dependencies.cmake)
if(CANSUITE_MISSING)
  message(FATAL_ERROR "${CANSUITE_MISSING}")
endif()
# A project that has this one as a subproject links them, too.
set_target_properties(cansuite::dependencies PROPERTIES IMPORTED_GLOBAL ON)

# fmt is compiled into the archive (cmake/fmt.cpp), in a namespace of its own: a user's program may
# link any other version. No target of fmt's is linked, since each brings its own definitions.
add_library(cansuite_private INTERFACE)
target_include_directories(
  cansuite_private SYSTEM
  INTERFACE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>
            $<TARGET_PROPERTY:msgpackc-cxx,INTERFACE_INCLUDE_DIRECTORIES>
            ${ZLIB_INCLUDE_DIRS} ${SQLite3_INCLUDE_DIRS} ${OPENSSL_INCLUDE_DIR})
target_compile_definitions(
  cansuite_private INTERFACE MSGPACK_NO_BOOST "FMT_BEGIN_NAMESPACE=namespace fmt { inline namespace cansuite {"
                             "FMT_END_NAMESPACE=} }")
