// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "cansuite/message.h"
#include "formats/mf4/groups.h"
#include "formats/support/channel_numbers.h"

namespace can::mf4 {

/// Makes a message of a record, but for its time. `payload`: the data bytes that were stored, more
/// or fewer than the frame's length. An id above 7FF is extended. A length that no frame has is
/// rounded up, with zeros. Returns false for a frame that can't be.
bool decode(const FrameFields& fields, const char* record, std::uint64_t index,
            std::span<const char> payload, NumberedChannels& channels, Message& out);

/// The kind of an error in ASAM's "ErrorType", of an error frame in the terms of error_frame.h.
enum class ErrorType : std::uint8_t { unknown, bit, form, stuff, crc, ack };
ErrorType error_type_of(const Message& message);

}  // namespace can::mf4
