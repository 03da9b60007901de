// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "formats/sqlite/database.h"

/// What a writer that was killed leaves beside a database: its journal, or its write-ahead log.
/// Source: SQLite's documents "Database File Format" (chapters 3, 4) and "Atomic Commit".
namespace can::sqlite {

/// Opens the database to read it. Nothing at `path` nor beside it is changed: what was left there
/// is applied to a copy of both in the temporary folder, which is gone once it is open.
/// Throws Errc::io, Errc::corrupt, Errc::not_found.
Database open_unchanged(const std::string& path);

/// Before SQLite applies what was left there: throws Errc::unsupported for a journal that names a
/// second file, which SQLite would delete. No log's journal does.
void refuse_second_file(const std::string& path);

/// Before the database is emptied: removes what belongs to it alone. Throws Errc::io where a file
/// of that name is something else.
void remove_leftovers(const std::string& path);

/// Throws Errc::io where something was left beside the database.
void refuse_leftovers(const std::string& path);

}  // namespace can::sqlite
