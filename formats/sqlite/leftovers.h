// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "libcan/platform/database.h"

/// Files that a killed writer leaves beside a database: its journal, or its write-ahead log.
/// Source: SQLite's documents "Database File Format" (chapters 3, 4) and "Atomic Commit".
namespace can::sqlite {

/// Opens a database to read it. Nothing at `path` or beside it is changed: a journal or write-ahead
/// log is applied to a copy in the temporary folder, which is removed once it is open. Throws
/// Errc::io, Errc::corrupt, Errc::not_found.
Database open_unchanged(const std::string& path);

/// Throws Errc::unsupported for a journal that names a second file, which SQLite would delete. To
/// be called before SQLite applies the journal. No log's journal names one.
void refuse_second_file(const std::string& path);

/// Removes the files of a database that is to be emptied. Throws Errc::io for a file that is not
/// SQLite's.
void remove_leftovers(const std::string& path);

/// Throws Errc::io where such a file is beside the database.
void refuse_leftovers(const std::string& path);

}  // namespace can::sqlite
