// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace can {

class Replacement;

/// Whether the bytes seen so far of a log suffice.
using Enough = std::function<bool(std::string_view)>;

/// Where a log's bytes come from: a file, standard input, either gzipped, or memory. Not
/// thread-safe.
class Source {
 public:
  Source() = default;
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// Takes what is there, up to out.size(); 0 at the end. Throws Errc::io, or Errc::corrupt where
  /// compressed bytes are damaged; after a throw the source is at its end.
  std::size_t read(std::span<char> out);

  /// The next bytes, which read() still gives afterwards: `limit` bytes, fewer where the source
  /// ends or fails before. In a pipe it waits only until there is one byte and, with `enough`,
  /// until that says so. The view lives until the next call of peek() or read(). What goes wrong is
  /// thrown by the read() that comes to it.
  std::string_view peek(std::size_t limit, const Enough& enough = {});

  /// Whether read() answers at once; false where it would wait for whoever writes into a pipe.
  bool ready() const { return at_ < ahead_.size() || failure_ || ready_to_read(); }

  virtual std::string_view name() const = 0;  ///< the path, for error texts

  /// The file to open instead, for a library that wants one; empty where there is none.
  virtual std::string path() const { return {}; }

 protected:
  /// As read(), of bytes that peek() hasn't seen.
  virtual std::size_t read_on(std::span<char> out) = 0;
  /// As ready(), of the same.
  virtual bool ready_to_read() const { return true; }

 private:
  std::string ahead_;  // what peek() has seen, taken by read() up to at_
  std::size_t at_ = 0;
  std::exception_ptr failure_;  // behind that
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

  /// Whether people see at once what is written.
  virtual bool is_terminal() const { return false; }

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
