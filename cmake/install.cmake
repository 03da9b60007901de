# "cmake --install": the component runtime has the programs, their pages, completions and units; dev has
# the library for find_package(cansuite) and pkg-config, its examples and its documentation.
include(CMakePackageConfigHelpers)
set(component_runtime COMPONENT runtime)
set(component_dev COMPONENT dev)
set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/cansuite)

if(CANSUITE_APPS)
  install(TARGETS ${CANSUITE_PROGRAMS} ${component_runtime})
  foreach(program ${CANSUITE_PROGRAMS})
    install(FILES scripts/completions/cansuite.bash RENAME ${program}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions ${component_runtime})
  endforeach()
  install(FILES scripts/completions/_cansuite DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
          ${component_runtime})

  file(GLOB pages CONFIGURE_DEPENDS man/*.[1-9])
  foreach(page ${pages})
    cmake_path(GET page EXTENSION LAST_ONLY section)
    string(SUBSTRING ${section} 1 1 section)
    install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} ${component_runtime})
  endforeach()

  # Not LIBDIR: systemd looks in no folder of an architecture.
  install(DIRECTORY scripts/systemd/ DESTINATION lib/systemd/system ${component_runtime})
  install(FILES LICENSE CHANGELOG.md DESTINATION ${doc_dir} ${component_runtime})
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cansuite)
install(TARGETS cansuite EXPORT cansuite ARCHIVE ${component_dev}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${component_dev})
install(EXPORT cansuite NAMESPACE cansuite:: FILE cansuite-targets.cmake DESTINATION ${package_dir}
        ${component_dev})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cansuite-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/cansuite-config.cmake cmake/cansuite-dependencies.cmake
              ${PROJECT_BINARY_DIR}/cansuite-config-version.cmake
        DESTINATION ${package_dir} ${component_dev})

# The .pc file finds its prefix from where it lies, so that the installed tree can be moved.
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PC_PREFIX /${pkgconfig_dir} /)
configure_file(cmake/cansuite.pc.in ${PROJECT_BINARY_DIR}/cansuite.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cansuite.pc DESTINATION ${pkgconfig_dir} ${component_dev})

install(FILES LICENSE CHANGELOG.md DESTINATION ${doc_dir} ${component_dev})
install(DIRECTORY examples DESTINATION ${doc_dir} ${component_dev} PATTERN CMakeLists.txt EXCLUDE)
if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/doc/library)
  install(DIRECTORY doc/library DESTINATION ${doc_dir} ${component_dev})
endif()

if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(
    uninstall
    COMMAND ${CMAKE_COMMAND} -D MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt
            -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
    VERBATIM USES_TERMINAL)
  include(cmake/package.cmake)
endif()
