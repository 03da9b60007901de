// SPDX-License-Identifier: MIT
#pragma once

/// What an interface or a log format of a program's own is made of.
///
/// An interface: derive a class from Bus, override send_some(), receive_any(), descriptor() and
/// name(), describe the interface in a Driver, and pass that to register_interface(). A log format:
/// derive from LogReader and LogWriter, describe it in a Format, and pass that to
/// register_format(). Both are then known by name, and a format by its extensions, to open_bus(),
/// open_log(), create_log() and everything else of the library in this process.

#include "cansuite/formats.h"
#include "cansuite/interfaces.h"
#include "cansuite/sendable.h"
#include "cansuite/stream.h"
#include "cansuite/wait.h"
