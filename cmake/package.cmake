# "cpack": the Debian packages cansuite (component runtime) and libcansuite-dev (component dev).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cansuite)
set(CPACK_PACKAGE_VENDOR "The cansuite authors")
set(CPACK_PACKAGE_CONTACT "The cansuite authors <cansuite@localhost>")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each description begins with its own
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian/finish.cmake)

set(debian ${PROJECT_SOURCE_DIR}/cmake/debian)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME cansuite)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "libmosquitto1")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${debian}/preinst ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "record, replay, convert and share CAN traffic
Command-line programs for CAN buses: canlogger records a bus, canplayer
replays a log onto it, cansend sends frames, canserver shares a bus over
TCP, canconvert converts and examines logs. They read and write the formats
of CANoe, python-can, can-utils, PCAN and Wireshark.
.
The programs cansend and canplayer of can-utils are renamed to
cansend.can-utils and canplayer.can-utils while this package is installed.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libcansuite-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libdeflate-dev, libsqlite3-dev, libssl-dev, libzstd-dev, zlib1g-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION
    "record, replay, convert and share CAN traffic, from C++
The C++20 library that the programs of cansuite are made of: headers, a
static library, examples, and files for CMake and pkg-config.")
include(CPack)
