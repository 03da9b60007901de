// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>

namespace can {

/// Standard output of a program that loads libraries of others, which may print there, too: from
/// their constructors and threads, a line a frame. Descriptor 1 and stdout are left to them and
/// lead to standard error; the program itself writes to a private copy. All functions are for any
/// thread.

/// For a program that writes to standard output by the next two functions only: gives what others
/// write there to standard error, from divert_foreign_output() on.
void keep_standard_output_clean();

/// A library of others is about to be loaded. No effect in other programs, and the second time.
void divert_foreign_output();

int standard_output();                ///< the descriptor: 1, or the private copy
std::FILE* standard_output_stream();  ///< the same as a stream: stdout, or one that exit() flushes

}  // namespace can
