// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "libcan/platform/storage.h"

namespace can::sqlite {

/// A layer below the databases that are opened with its name: counts what SQLite writes and syncs,
/// journals and folders included. Outlives those databases. For one thread at a time.
class WearCounter {
 public:
  /// Counts in `storage`, which isn't owned.
  explicit WearCounter(Storage& storage);
  WearCounter(const WearCounter&) = delete;  // SQLite keeps the address of the name
  WearCounter& operator=(const WearCounter&) = delete;

  /// The name of the layer, for sqlite3_open_v2().
  const char* name() const { return name_.c_str(); }

  struct Layer;

 private:
  struct Unregister {
    void operator()(Layer* layer) const;
  };
  const std::string name_;
  std::unique_ptr<Layer, Unregister> layer_;
};

}  // namespace can::sqlite
