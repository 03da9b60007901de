// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libcan/canb/gaps.h"
#include "libcan/fleet/batch_store.h"
#include "libcan/platform/file.h"
#include "libcan/store/files.h"
#include "libcan/store/index.h"
#include "libcan/store/ledger.h"
#include "libcan/store/outputs.h"
#include "libcan/store/pattern.h"

namespace can::store {

/// Keeps the batches of vehicles in files, each once and in order, with an index. Whatever ends the
/// program, a power cut included: what sync() has returned is kept, and what is sent again is
/// stored once. Used by one thread; one program at a time has the store.
class Store final : public fleet::BatchStore {
 public:
  static constexpr std::size_t kMaxVehicles = 100'000;
  static constexpr std::size_t kMaxChannels = 64;  ///< of a vehicle

  struct Options {
    Pattern pattern;
    nanoseconds rotate_every{};  ///< time of a file, by its messages; 0: one file for all times
    /// Its logs can be cut behind each flush(), and continued. Null: the batches are written as
    /// they come, and the pattern has no %c.
    Append append{};
    std::size_t max_open = 256;  ///< files that are open at a time
    /// Is told of each file that someone removed, once.
    std::function<void(const std::string&)> on_notice{};
  };

  /// Makes the folder where it is missing. Cuts off what was written but not returned by sync().
  /// Throws Errc::io where another program has the store.
  explicit Store(Options options);

  /// A vehicle whose name is longer than 64 bytes, or that has more than kMaxChannels, is
  /// `damaged`. Throws Errc::io: everything since the last sync() is then forgotten, and is to be
  /// sent again. This and sync() throw Errc::not_found where someone removed or moved the folder.
  Verdict put(std::string_view vehicle, std::span<const std::uint8_t> batch) override;
  void begin(std::string_view vehicle, fleet::Position next) override;
  std::vector<std::string> sync() override;
  std::optional<fleet::Position> durable(std::string_view vehicle) override;
  std::optional<fleet::Position> durable(std::string_view vehicle, std::uint64_t run) override;
  std::uint64_t removed() override { return index_.removed_messages(); }

 private:
  using Names = std::set<std::string, std::less<>>;

  /// The messages of a batch for one file.
  struct Part {
    Channel channel;
    LogFile* file = nullptr;
  };

  void cut_back();
  void note_removed();
  void check_folder() const;
  Verdict store(std::string_view vehicle, std::span<const std::uint8_t> batch);
  bool admits(std::string_view vehicle) const;
  bool admit(std::string_view vehicle, std::span<const std::uint8_t> batch);
  bool decode(std::span<const std::uint8_t> batch);
  bool place(std::string_view vehicle);
  bool add_part(std::string_view vehicle, Channel channel, nanoseconds time);
  void write(std::string_view vehicle, const canb::BatchInfo& info,
             std::span<const std::uint8_t> batch);
  void write_part(const Part& part, const std::string& gap);
  std::vector<std::string> commit(const std::vector<Outputs::Size>& sizes);
  void forget();

  const Options options_;
  const File lock_;
  Index index_;
  Ledger ledger_;
  Files files_;
  Outputs outputs_;
  std::map<std::string, Names, std::less<>> channels_;   // by vehicle
  std::map<std::string, canb::Gaps, std::less<>> gaps_;  // by vehicle
  std::vector<Message> messages_, chosen_;               // of a batch, of a part of it
  std::vector<Part> parts_;                              // of the batch
};

}  // namespace can::store
