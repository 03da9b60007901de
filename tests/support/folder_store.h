// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>

#include <filesystem>
#include <map>
#include <string>

#include "cansuite/error.h"
#include "formats/registry/part_name.h"
#include "libcan/canb/canb.h"
#include "libcan/fleet/batch_store.h"
#include "libcan/platform/file.h"

namespace can::fleet {

/// The plainest store: a file of batches for each vehicle, which says itself what is stored.
class FolderStore final : public BatchStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }

  Verdict put(std::string_view vehicle, std::span<const std::uint8_t> batch) override try {
    Vehicle& v = find(vehicle);
    const canb::BatchInfo info = canb::info_of(batch);
    if (canb::size_of(batch) != batch.size()) return Verdict::damaged;
    if (info.run != v.next.run || info.number > v.next.number) return Verdict::gap;
    if (info.number < v.next.number) return Verdict::duplicate;
    v.file.write({reinterpret_cast<const char*>(batch.data()), batch.size()});
    v.last = {info.run, info.number};
    ++v.next.number;
    v.unsynced = true;
    return Verdict::stored;
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    return Verdict::damaged;
  }

  void begin(std::string_view vehicle, Position next) override {
    Vehicle& v = find(vehicle);
    if (next.run != v.next.run || next.number > v.next.number) v.next = next;
  }

  std::vector<std::string> sync() override {
    std::vector<std::string> names;
    for (auto& [name, v] : vehicles_) {
      if (!v.unsynced) continue;
      v.file.sync();
      v.unsynced = false;
      v.durable = v.last;
      names.push_back(name);
    }
    return names;
  }

  std::optional<Position> durable(std::string_view vehicle) override {
    return find(vehicle).durable;
  }

 private:
  struct Vehicle {
    File file;
    Position next{};
    std::optional<Position> last{}, durable{};
    bool unsynced = false;
  };

  Vehicle& find(std::string_view name) {
    if (const auto found = vehicles_.find(name); found != vehicles_.end()) return found->second;
    const std::string path = folder_ + "/" + file_name_text(name) + ".canb";
    Vehicle v{.file = File(path, O_RDWR | O_CREAT | O_APPEND)};
    recover(v);
    return vehicles_.emplace(name, std::move(v)).first->second;
  }

  /// What stands in the file is stored; a cut batch at its end isn't.
  static void recover(Vehicle& v) {
    std::string bytes(static_cast<std::size_t>(v.file.status().st_size), '\0');
    v.file.read_at(0, bytes.data(), bytes.size());
    std::span<const std::uint8_t> rest(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       bytes.size());
    for (std::size_t size; (size = canb::size_of(rest)) != 0 && size <= rest.size();) {
      const canb::BatchInfo info = canb::info_of(rest.first(size));
      v.last = Position{info.run, info.number};
      rest = rest.subspan(size);
    }
    v.file.truncate(bytes.size() - rest.size());
    v.durable = v.last;
    if (v.last) v.next = {v.last->run, v.last->number + 1};
  }

  const std::string folder_;
  std::map<std::string, Vehicle, std::less<>> vehicles_;
};

}  // namespace can::fleet
