# Precompiled headers: CLI11's, Catch2's and fmt's take most of the time of whoever includes them.
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without, which shows includes that a source forgot.

# ccache takes part only when it is told to, as its manual says under "Precompiled headers".
if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache$" AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
                      "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
