// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "cansuite/formats.h"

namespace can::pcapng {

/// Reads pcapng and the older pcap.
std::unique_ptr<LogReader> open_reader(std::unique_ptr<Source> source, const LogOptions& options);
std::unique_ptr<LogWriter> create_writer(std::unique_ptr<Sink> sink, const LogOptions& options);

// Block types and options, draft-ietf-opsawg-pcapng.
constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A, kInterface = 1, kObsoletePacket = 2,
                        kSimplePacket = 3, kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1A2B3C4D;
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1;
constexpr std::uint16_t kInterfaceName = 2, kTimeResolution = 9, kTimeOffset = 14;
constexpr std::uint16_t kHardware = 2, kApplication = 4;  // of a section
constexpr std::uint16_t kPacketFlags = 2;
constexpr std::uint32_t kDirection = 3, kOutbound = 2;  // in the flags

// Magic numbers of pcap, with times in microseconds or nanoseconds. Source: draft-ietf-opsawg-pcap.
constexpr std::uint32_t kPcapMicros = 0xA1B2C3D4, kPcapNanos = 0xA1B23C4D;

}  // namespace can::pcapng
