// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "libcan/fleet/position.h"
#include "libcan/platform/file.h"

namespace can::fleet {

/// Batches that wait to be acknowledged, in files of a folder: "0000000000000001.canb" and so on,
/// each readable as a log. They outlive the program: the next one with this folder continues with
/// what is there. For any thread, but one alone appends and one alone reads.
///
/// A spool of a limited size drops its oldest batches for new ones, a whole file at a time, and
/// counts their messages. Batches that were sent and may arrive at any moment are never dropped.
class Spool {
 public:
  /// What happens where the limit is reached.
  enum class Full {
    drop,  ///< the oldest batches go
    wait,  ///< append() waits for room
  };

  /// The place of a batch; the places of later batches are greater.
  struct Place {
    std::uint64_t file = 0;
    std::uint64_t offset = 0;

    auto operator<=>(const Place&) const = default;
  };

  /// A batch of the spool.
  struct Batch {
    Place at, behind;
    Position position;
    std::string bytes;
  };

  static constexpr std::uint64_t kMinLimit = 1024 * 1024;  ///< bytes

  /// Makes the folder where it is missing. `owner` is remembered in the folder: another owner, or
  /// another program that uses it now, is Errc::invalid or Errc::io. `limit`: bytes.
  Spool(std::string folder, std::string_view owner, std::uint64_t limit, Full full);

  /// Appends a batch of `frames` messages. One that the disk doesn't take is lost, and counted; the
  /// reason is then the text that comes back. After cancel(), doesn't wait.
  std::optional<std::string> append(std::string_view batch, std::uint64_t frames);

  /// Makes safe from a power cut what was appended so far. Throws Errc::io.
  void sync();

  /// Reads the batch at `place`, or the first one behind it. Damaged ones are passed over. Empty
  /// behind the last one. Throws Errc::io.
  std::optional<Batch> read(Place place);

  /// Batches before `first` aren't needed any more; those from `first` to before `sent` may not be
  /// dropped. Files without needed batches are removed.
  void release(Place first, Place sent);

  /// Removes the file that is being written, too, where nothing in it is needed any more.
  void finish();

  void cancel();  ///< append() no longer waits

  Place begin() const;            ///< of the oldest batch
  Place end() const;              ///< behind the latest batch
  std::uint64_t size() const;     ///< bytes
  std::uint64_t lost() const;     ///< messages that were dropped or could not be written
  std::uint64_t damaged() const;  ///< places that could not be read
  std::uint64_t window_bytes() const { return limit_ / 4; }  ///< the most to have sent at a time
  const std::string& folder() const { return folder_; }

 private:
  struct Writing {
    File file;
    std::uint64_t number;
  };

  void claim(std::string_view owner);
  void find_files();
  std::string path_of(std::uint64_t number) const;
  void write(std::string_view batch);
  bool make_room(std::unique_lock<std::mutex>& lock, std::uint64_t size);
  bool drop_oldest();
  std::uint64_t frames_in(std::uint64_t number);
  std::optional<Batch> read_in_file(Place place);
  std::optional<Batch> read_at(const File& file, Place place, std::uint64_t size);
  void remove(std::map<std::uint64_t, std::uint64_t>::iterator file);
  const File& open(std::uint64_t number);

  const std::string folder_;
  const std::uint64_t limit_, file_size_;
  const Full full_;
  std::optional<File> lock_file_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable room_;
  std::map<std::uint64_t, std::uint64_t> files_;  // number, bytes
  std::uint64_t size_ = 0;                        // of all files
  std::uint64_t next_number_ = 1;
  std::optional<Writing> writing_;
  std::optional<Writing> reading_;  // the file read last
  Place first_, sent_;
  std::uint64_t lost_ = 0, damaged_ = 0;
  bool cancelled_ = false;
};

}  // namespace can::fleet
