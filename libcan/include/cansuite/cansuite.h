// SPDX-License-Identifier: MIT
#pragma once

/// cansuite: record, replay, convert, send and share CAN traffic, from C++.
///
/// Scope. Buses (open_bus()) of all interfaces that the programs of cansuite have, logs
/// (open_log(), create_log()) of all their formats, and what stands between: filters, listeners,
/// periodic messages, statistics, the server. Authors of interfaces and formats include plugin.h,
/// too.
///
///   #include <cansuite/cansuite.h>
///
///   auto bus = can::open_bus({.interface = "socketcan", .channel = "can0"});
///   bus->send(can::frame(0x123, {1, 2, 3}));
///   for (const can::Message& message : bus->messages(1s)) std::cout << message << '\n';
///
/// Threads. Each class says which of its functions may be called at the same time; what says
/// nothing is for one thread at a time. Different objects are independent, except that a file that
/// is written has no other use in the process. The library starts threads where its headers say so,
/// and never calls a function of the program's on one of them without saying so.
///
/// Units. Times and durations are std::chrono types; a message's time counts from the Unix epoch,
/// in UTC. Bit rates are in bit/s, sizes in bytes, sample points in 1/1000 of a bit. Ids have no
/// flag bits.
///
/// Errors. Everything that fails throws can::Error, with a kind (Errc) to decide by and one line of
/// text for people. Destructors don't throw: call close() or stop() where the end may fail. What is
/// lost without an error is counted: Bus::counters(), BufferedReader::dropped(),
/// LogReader::warnings().
///
/// Ownership. Functions that make something return it as std::unique_ptr. A reference or a pointer
/// that is passed in is not owned: its object has to live as long as the object that got it.
///
/// Integration. With CMake: find_package(cansuite), target cansuite::cansuite; without:
/// pkg-config --static cansuite. C++20, Linux. The archive is position independent. Interfaces may
/// change between minor versions before 1.0; headers and archive belong together.

#include "cansuite/bit_timing.h"
#include "cansuite/bus.h"
#include "cansuite/bus_state.h"
#include "cansuite/channel.h"
#include "cansuite/config.h"
#include "cansuite/devices.h"
#include "cansuite/error.h"
#include "cansuite/error_frame.h"
#include "cansuite/filter.h"
#include "cansuite/formats.h"
#include "cansuite/frame.h"
#include "cansuite/interfaces.h"
#include "cansuite/listener.h"
#include "cansuite/log.h"
#include "cansuite/logging.h"
#include "cansuite/merged_log.h"
#include "cansuite/message.h"
#include "cansuite/message_range.h"
#include "cansuite/message_text.h"
#include "cansuite/message_view.h"
#include "cansuite/notifier.h"
#include "cansuite/option.h"
#include "cansuite/pacer.h"
#include "cansuite/periodic.h"
#include "cansuite/rotation.h"
#include "cansuite/selection.h"
#include "cansuite/sendable.h"
#include "cansuite/server.h"
#include "cansuite/signals.h"
#include "cansuite/stream.h"
#include "cansuite/summary.h"
#include "cansuite/tls_files.h"
#include "cansuite/version.h"
#include "cansuite/wait.h"
