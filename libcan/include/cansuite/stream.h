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

/// Whether these bytes of a log suffice.
using Enough = std::function<bool(std::string_view)>;

/// The source of a log's bytes: a file, standard input, compressed or not, or memory. Not
/// thread-safe.
class Source {
 public:
  Source() = default;
  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// Reads up to out.size() bytes of those that are there; 0 at the end. Throws Errc::io, and
  /// Errc::corrupt for damaged compressed data. After a throw the source is at its end.
  std::size_t read(std::span<char> out);

  /// The next bytes, without reading them: `limit` bytes, fewer where the source ends or fails
  /// before. On a pipe it waits for one byte and, with `enough`, until that returns true. The view
  /// is valid until the next peek() or read(). An error is thrown by the read() that reaches it.
  std::string_view peek(std::size_t limit, const Enough& enough = {});

  /// Whether read() returns at once; false where it would wait for the writer of a pipe.
  bool ready() const { return at_ < ahead_.size() || failure_ || ready_to_read(); }

  virtual std::string_view name() const = 0;  ///< the path, for error texts

  /// The path, for a library that opens files itself; "" where there is no file.
  virtual std::string path() const { return {}; }

 protected:
  /// As read(), for the bytes after those of peek().
  virtual std::size_t read_on(std::span<char> out) = 0;
  /// As ready(), for the same bytes.
  virtual bool ready_to_read() const { return true; }

 private:
  std::string ahead_;  // bytes of peek(); read() has returned those before at_
  std::size_t at_ = 0;
  std::exception_ptr failure_;  // after ahead_
};

/// The destination of a log's bytes. Not buffered: a written byte is with the operating system.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(std::string_view bytes) = 0;  ///< throws Errc::io
  /// Overwrites bytes already written. False where that is not possible (a pipe).
  virtual bool patch(std::uint64_t /*offset*/, std::string_view /*bytes*/) { return false; }
  virtual void flush() {}    ///< the bytes are to be on the disk soon; throws Errc::io
  virtual void close() = 0;  ///< throws Errc::io
  virtual std::string_view name() const = 0;  ///< the path, for error texts

  /// The start, up to 4 KiB, of the log that is appended to; empty for a new log.
  std::string_view head() const { return head_; }
  /// The size in bytes, uncompressed, of the log that is appended to; 0 for a new log.
  std::uint64_t start() const { return start_; }
  /// All bytes of the log that is appended to. Throws Errc::unsupported where they can't be read.
  virtual std::unique_ptr<Source> existing() const;
  /// The size in bytes of its complete lines.
  virtual std::uint64_t complete_lines() const { return start_; }
  /// Cuts the log that is appended to at `size` bytes, before the first write.
  virtual void cut(std::uint64_t size) { start_ = size; }

  /// Whether the output is a terminal.
  virtual bool is_terminal() const { return false; }

  /// Whether the first write will remove the content of an existing file.
  virtual bool replaces() const { return false; }
  /// Removes that content now.
  virtual void truncate() {}
  /// The path, for a library that opens files itself; "" where there is no file.
  virtual std::string path() const { return {}; }

 protected:
  std::string head_;         ///< head()
  std::uint64_t start_ = 0;  ///< start()
};

/// A source of these bytes; `name` is for error texts.
std::unique_ptr<Source> memory_source(std::string bytes, std::string name = "memory");

/// Writes to `bytes`, and appends where that is not empty. `bytes` must outlive the sink.
std::unique_ptr<Sink> memory_sink(std::string& bytes);

}  // namespace can
