# What every target of the project is compiled with.
add_library(cansuite_warnings INTERFACE)
target_compile_options(
  cansuite_warnings
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
            # clang's -Wconversion has it, gcc's has not
            $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
            $<$<BOOL:${CANSUITE_WERROR}>:-Werror>)
