// SPDX-License-Identifier: MIT
#pragma once

/// The calling convention of vendors' libraries: __stdcall on Windows with 32 bits, the usual one
/// elsewhere.
#if defined(_WIN32) && (defined(_M_IX86) || defined(__i386__))
#define CANSUITE_CALL __stdcall
#else
#define CANSUITE_CALL
#endif
