// SPDX-License-Identifier: MIT
#include "libcan/platform/database_wear.h"

#include <atomic>
#include <type_traits>

#include "libcan/model/fail.h"
#include "libcan/platform/database.h"

namespace can::sqlite {

/// SQLite knows the layer by its first member.
struct WearCounter::Layer {
  sqlite3_vfs vfs;
  sqlite3_vfs* below;
  Storage* storage;
};
static_assert(std::is_standard_layout_v<WearCounter::Layer>);

namespace {

/// An open file: the file of the layer below lies behind it in SQLite's memory.
struct alignas(8) File {  // as SQLite aligns memory
  sqlite3_file base;
  WearCounter::Layer* layer;
  bool folder_unsynced;  // SQLite syncs the folder of a new journal with the first sync

  sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& as_file(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
WearCounter::Layer& as_layer(sqlite3_vfs* vfs) {
  return *reinterpret_cast<WearCounter::Layer*>(vfs);
}

/// Calls the same method of the file below.
template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* below = as_file(file).below();
  return (below->pMethods->*Method)(below, arguments...);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const int result = forward<&sqlite3_io_methods::xWrite>(file, bytes, size, offset);
  if (result == SQLITE_OK) as_file(file).layer->storage->add_bytes(static_cast<unsigned>(size));
  return result;
}

int sync(sqlite3_file* file, int flags) {
  File& self = as_file(file);
  self.layer->storage->add_sync();
  if (self.folder_unsynced) self.layer->storage->add_sync();
  self.folder_unsynced = false;
  return forward<&sqlite3_io_methods::xSync>(file, flags);
}

// Version 1: neither shared memory nor mapped files, which need a write-ahead log or a setting.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = forward<&sqlite3_io_methods::xClose>,
    .xRead = forward<&sqlite3_io_methods::xRead>,
    .xWrite = write,
    .xTruncate = forward<&sqlite3_io_methods::xTruncate>,
    .xSync = sync,
    .xFileSize = forward<&sqlite3_io_methods::xFileSize>,
    .xLock = forward<&sqlite3_io_methods::xLock>,
    .xUnlock = forward<&sqlite3_io_methods::xUnlock>,
    .xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock>,
    .xFileControl = forward<&sqlite3_io_methods::xFileControl>,
    .xSectorSize = forward<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  WearCounter::Layer& layer = as_layer(vfs);
  File& self = as_file(file);
  self.layer = &layer;
  self.folder_unsynced = (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0;
  const int result = layer.below->xOpen(layer.below, path, self.below(), flags, out_flags);
  self.base.pMethods = self.below()->pMethods ? &kMethods : nullptr;
  return result;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  WearCounter::Layer& layer = as_layer(vfs);
  if (sync_folder != 0) layer.storage->add_sync();
  return layer.below->xDelete(layer.below, path, sync_folder);
}

std::string next_name() {
  static std::atomic<unsigned> counters = 0;
  return fmt::format("cansuite-{}", ++counters);
}

}  // namespace

WearCounter::WearCounter(Storage& storage) : name_(next_name()) {
  sqlite3_vfs* below = sqlite3_vfs_find(nullptr);
  layer_.reset(new Layer{*below, below, &storage});
  sqlite3_vfs& vfs = layer_->vfs;
  vfs.zName = name_.c_str();
  vfs.pNext = nullptr;
  vfs.szOsFile += static_cast<int>(sizeof(File));
  vfs.xOpen = open;
  vfs.xDelete = remove;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) fail(Errc::io, "SQLite takes no layer below it");
}

void WearCounter::Unregister::operator()(Layer* layer) const {
  sqlite3_vfs_unregister(&layer->vfs);
  delete layer;
}

}  // namespace can::sqlite
