// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace can {

class Replacement;

/// Where a log's bytes come from: a file, standard input, either gzipped, or memory.
class Source {
 public:
  virtual ~Source() = default;
  /// Takes what is there, up to out.size(); 0 at the end. Throws Errc::io, or Errc::corrupt where
  /// compressed bytes are damaged; after a throw the source is at its end.
  virtual std::size_t read(std::span<char> out) = 0;
  /// Whether read() answers at once; false where it would wait for whoever writes into a pipe.
  virtual bool ready() const { return true; }
  virtual std::string_view name() const = 0;  ///< the path, for error texts

  /// The file to open instead, for a library that wants one; empty where there is none.
  virtual std::string path() const { return {}; }
};

/// Where a log's bytes go. Nothing is kept back: a written byte is the operating system's.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(std::string_view bytes) = 0;  ///< throws Errc::io
  /// Replaces bytes already written. False where that can't be done (a pipe).
  virtual bool patch(std::uint64_t /*offset*/, std::string_view /*bytes*/) { return false; }
  virtual void flush() {}    ///< now and then makes the file safe from a power cut; throws Errc::io
  virtual void close() = 0;  ///< throws Errc::io
  virtual std::string_view name() const = 0;

  /// What the log starts with that this sink appends to, up to 4 KiB; empty for a new log.
  std::string_view head() const { return head_; }
  /// Bytes there before the first write, unpacked.
  std::uint64_t start() const { return start_; }
  /// The same bytes, from the first one. Throws Errc::unsupported where they can't be had.
  virtual std::unique_ptr<Source> existing() const;
  /// How many of them are whole lines, from the first one.
  virtual std::uint64_t whole_lines() const { return start_; }
  /// Ends the log that is appended to at `size` bytes, before the first write: what stands behind
  /// them is removed.
  virtual void cut(std::uint64_t size) { start_ = size; }

  /// Whether a file that isn't empty stands there still, to be replaced.
  virtual bool replaces() const { return false; }
  /// Empties that file, which else happens with the first write.
  virtual void truncate() {}
  /// The file to open instead, for a library that wants one; empty where there is none.
  virtual std::string path() const { return {}; }

 protected:
  std::string head_;
  std::uint64_t start_ = 0;
};

/// "-" is standard input. Gzipped bytes, told by their first two, come out unpacked.
/// Throws Errc::not_found, Errc::io.
std::unique_ptr<Source> open_source(const std::string& path);
std::unique_ptr<Source> memory_source(std::string bytes, std::string name = "memory");

/// Whether what was seen of a log suffices.
using Enough = std::function<bool(std::string_view)>;

/// The next up to `most` bytes of `source`, which still gives them afterwards: it is wrapped. Waits
/// for bytes that are still to come only until there is one and, with `enough`, until that says so.
std::string peek(std::unique_ptr<Source>& source, std::size_t most, const Enough& enough = {});

enum class IfThere {
  replace,  ///< the new log stands under its name from the start; emptied with the first write
  append,
};

/// "-" is standard output; a path that ends with ".gz" is compressed. A regular file is locked, and
/// must have no other use in this program (FileUse). Text that is written at once stays together.
/// Throws Errc::not_found where the folder is missing, Errc::io, Errc::invalid.
std::unique_ptr<Sink> create_sink(const std::string& path, IfThere if_there);
/// The same into a file that will take another's place; errors name that one.
std::unique_ptr<Sink> create_sink(const Replacement& replacement);
/// Writes to `bytes`, appending when it isn't empty; `bytes` must outlive the sink.
std::unique_ptr<Sink> memory_sink(std::string& bytes);

}  // namespace can
