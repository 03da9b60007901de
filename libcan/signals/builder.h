// SPDX-License-Identifier: MIT
#pragma once

#include "libcan/signals/index.h"
#include "libcan/signals/statements.h"
#include "libcan/signals/warnings.h"

namespace can::signals {

/// Makes the database of the statements: looks up what they are about, and checks what they say.
Database build(Statements statements, Warnings& warnings);

// The steps of build(), in this order.

void apply_ids(Statements& statements, Warnings& warnings);
void apply_values(Statements& statements, Index& index, Warnings& warnings);
void apply_multiplexing(Statements& statements, Index& index, Warnings& warnings);
void apply_attributes(Statements& statements, Index& index, Warnings& warnings);
void check_signals(Statements& statements, Warnings& warnings);
void check_multiplexers(Statements& statements);

}  // namespace can::signals
