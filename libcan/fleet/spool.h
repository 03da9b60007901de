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
/// A folder that someone removes or moves is made anew; the messages that were in it are lost to
/// this object, and counted.
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

  /// Messages that were lost, by the reason.
  struct Losses {
    std::uint64_t full = 0;     ///< the limit was reached
    std::uint64_t refused = 0;  ///< the disk didn't take them
    std::uint64_t removed = 0;  ///< someone removed or moved their file
    std::uint64_t own = 0;      ///< of all these, those that were appended to this object

    std::uint64_t total() const { return full + refused + removed; }
  };

  static constexpr std::uint64_t kMinLimit = 1024 * 1024;  ///< bytes

  /// Makes the folder where it is missing. `owner` is remembered in the folder: another owner, or
  /// another program that uses it now, is Errc::invalid or Errc::io. `limit`: bytes.
  Spool(std::string folder, std::string_view owner, std::uint64_t limit, Full full);

  /// Appends a batch of `frames` messages. One that the disk doesn't take is lost, and counted. The
  /// text that comes back tells this, or that the folder was removed. After cancel(), doesn't wait.
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

  /// Counts what was in files that someone removed. Without effect on the others.
  void check();

  void cancel();  ///< append() no longer waits

  Place begin() const;         ///< of the oldest batch
  Place end() const;           ///< behind the latest batch
  std::uint64_t size() const;  ///< bytes
  Losses losses() const;
  std::uint64_t lost() const { return losses().total(); }    ///< messages
  std::uint64_t damaged() const;                             ///< places that could not be read
  std::uint64_t window_bytes() const { return limit_ / 4; }  ///< the most to have sent at a time
  const std::string& folder() const { return folder_; }

 private:
  struct Writing {
    File file;
    std::uint64_t number;
  };

  struct Stored {
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;  // that were appended to this object
  };
  using Files = std::map<std::uint64_t, Stored>;  // by number

  void claim();
  void find_files();
  std::optional<std::string> restore();
  void begin_file();
  void abandon();
  std::string path_of(std::uint64_t number) const;
  void write(std::string_view batch, std::uint64_t frames);
  bool make_room(std::unique_lock<std::mutex>& lock, std::uint64_t size);
  bool drop_oldest();
  void lose(Files::iterator file, std::uint64_t& count);
  bool lose_removed();
  std::uint64_t frames_in(std::uint64_t number);
  std::optional<Batch> read_from(Place place);
  std::optional<Batch> read_in_file(Place place);
  std::optional<Batch> read_at(const File& file, Place place, std::uint64_t size);
  void remove(Files::iterator file);
  const File& open(std::uint64_t number);

  const std::string folder_, owner_;
  const std::uint64_t limit_, file_size_;
  const Full full_;
  std::optional<File> lock_file_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable room_;
  Files files_;
  std::uint64_t size_ = 0;  // of all files
  std::uint64_t next_number_ = 1;
  std::optional<Writing> writing_;
  std::optional<Writing> reading_;  // the file read last
  Place first_, sent_;
  Losses losses_;
  std::uint64_t damaged_ = 0;
  bool cancelled_ = false;
};

}  // namespace can::fleet
