# Before cpack packs: what Debian's policy asks of the files of a package.
find_program(GZIP gzip REQUIRED)

# The programs contain parts of other projects (linked statically, or from headers), whose notices
# Debian's packages have.
set(parts libcli11-dev libdeflate-dev libfmt-dev libmsgpack-cxx-dev libsqlite3-dev libssl-dev libzstd-dev
    zlib1g-dev)

# The licences of a package, as text.
function(copyright result doc)
  file(READ ${doc}/LICENSE text)
  foreach(part ${parts})
    if(EXISTS /usr/share/doc/${part}/copyright)
      file(READ /usr/share/doc/${part}/copyright notice)
      string(APPEND text "\n\n---- Parts come from ${part}, whose notice follows. ----\n\n${notice}")
    endif()
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

foreach(package runtime=cansuite dev=libcansuite-dev)
  string(REGEX REPLACE "=.*" "" component ${package})
  string(REGEX REPLACE ".*=" "" name ${package})
  set(usr ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
  set(doc ${usr}/share/doc)
  copyright(text ${doc}/cansuite)
  file(WRITE ${doc}/${name}/copyright "${text}")
  if(NOT name STREQUAL cansuite)
    file(RENAME ${doc}/cansuite/CHANGELOG.md ${doc}/${name}/CHANGELOG.md)
  endif()
  string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${doc}/${name}/changelog "cansuite (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * CHANGELOG.md.gz has the changes.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
  file(REMOVE ${doc}/cansuite/LICENSE)
  file(GLOB_RECURSE compressed ${usr}/share/man/man*/* ${doc}/${name}/changelog ${doc}/${name}/CHANGELOG.md)
  execute_process(COMMAND ${GZIP} -9n ${compressed} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
