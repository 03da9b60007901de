# "cmake --install": programs, man pages, completions, and the library for find_package(cansuite).
include(CMakePackageConfigHelpers)

install(TARGETS ${CANSUITE_PROGRAMS})
foreach(program ${CANSUITE_PROGRAMS})
  install(FILES scripts/completions/cansuite.bash RENAME ${program}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endforeach()
install(FILES scripts/completions/_cansuite DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

file(GLOB pages CONFIGURE_DEPENDS man/*.[1-9])
foreach(page ${pages})
  cmake_path(GET page EXTENSION LAST_ONLY section)
  string(SUBSTRING ${section} 1 1 section)
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cansuite)
install(TARGETS can EXPORT cansuite FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT cansuite NAMESPACE can:: DESTINATION ${package_dir})
write_basic_package_version_file(cansuite-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/cansuite-config.cmake ${CMAKE_BINARY_DIR}/cansuite-config-version.cmake
        DESTINATION ${package_dir})
