// SPDX-License-Identifier: MIT
// What a conversion can't do without, and nothing else: the limits it is measured by. THREADS 0 is
// one a core. Prints a line: seconds, CPU seconds, bytes in, bytes out.
//
//   bench_limits inflate LOG THREADS         reads the BLF or MF4 file, unpacks all containers
//   bench_limits deflate LOG THREADS         packs what they hold as our writer did (libdeflate)
//   bench_limits zlib6 LOG THREADS           the same as others do
//   bench_limits copy FROM TO                read() and write()
//   bench_limits insert COUNT NEW.db         rows into python-can's table
//   bench_limits select LOG.db               all columns of all rows

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "formats/blf/file_header.h"
#include "formats/blf/objects.h"
#include "formats/mf4/data_blocks.h"
#include "formats/mf4/file_header.h"
#include "formats/support/compression_level.h"
#include "libcan/platform/deflate.h"
#include "libcan/platform/descriptor.h"
#include "tests/bench/stopwatch.h"
#include "tests/bench/traffic.h"

using namespace can;

namespace {

[[noreturn]] void give_up(std::string_view what) {
  fmt::print(stderr, "bench_limits: {}\n", what);
  std::exit(1);
}

void check(bool good, std::string_view what) {
  if (!good) give_up(what);
}

/// Runs jobs 0 to `count` - 1, each thread with a worker of its own that `make` makes.
template <class Make>
void side_by_side(std::size_t count, unsigned threads, const Make& make) {
  std::atomic<std::size_t> next = 0;
  const auto serve = [&] {
    auto work = make();
    for (std::size_t job; (job = next++) < count;) work(job);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(serve);
  serve();
}

struct Container {
  std::span<const char> packed;
  std::size_t unpacked_size;
};

/// A BLF or MF4 log in memory.
class Containers {
 public:
  explicit Containers(const char* path) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    struct ::stat about {};
    check(::fstat(file.get(), &about) == 0, "no such log");
    size_ = static_cast<std::size_t>(about.st_size);
    bytes_.reset(new char[size_]);
    for (std::size_t got = 0; got < size_;) {
      const ssize_t more = ::read(file.get(), bytes_.get() + got, size_ - got);
      check(more > 0, "can't read the log");
      got += static_cast<std::size_t>(more);
    }
    if (size_ >= blf::kFileHeader && blf::is_blf({bytes_.get(), size_}))
      find_in_blf();
    else if (size_ >= mf4::kIdBlock && mf4::is_mdf({bytes_.get(), size_}))
      find_in_mf4();
    else
      give_up("neither a BLF nor an MF4 log");
  }

  int level() const { return level_; }
  const std::vector<Container>& all() const { return all_; }

  std::size_t packed_size() const {
    return total([](const Container& it) { return it.packed.size(); });
  }
  std::size_t unpacked_size() const {
    return total([](const Container& it) { return it.unpacked_size; });
  }

 private:
  void find_in_blf() {
    level_ = bytes_[13];  // see file_header.h
    for (std::size_t at = blf::kFileHeader; at + blf::kBaseHeader < size_;) {
      const blf::ObjectHeader header(bytes_.get() + at);
      const std::size_t fields = at + header.header_size, data = fields + blf::kContainerFields;
      check(header.type == blf::ObjectType::container && at + header.size <= size_,
            "expected a container");
      all_.push_back({{bytes_.get() + data, at + header.size - data},
                      get<std::uint32_t>(bytes_.get() + fields + 8)});
      at += header.size + blf::padding_of(header.size);
    }
  }
  /// All blocks stand one behind the other. The level is not in the file.
  void find_in_mf4() {
    for (std::size_t at = mf4::kIdBlock; at + mf4::kBlockHeader < size_;) {
      const auto length = get<std::uint64_t>(bytes_.get() + at + 8);
      check(length >= mf4::kBlockHeader && at + length <= size_, "expected a block");
      if (std::string_view(bytes_.get() + at, 4) == "##DZ") {
        const char* fields = bytes_.get() + at + mf4::kBlockHeader;
        all_.push_back({{fields + mf4::Compressed::kHeader, get<std::uint64_t>(fields + 16)},
                        get<std::uint64_t>(fields + 8)});
      }
      at += (length + 7) / 8 * 8;
    }
    check(!all_.empty(), "no compressed blocks");
  }
  template <class Size>
  std::size_t total(const Size& size) const {
    std::size_t sum = 0;
    for (const Container& container : all_) sum += size(container);
    return sum;
  }

  std::size_t size_ = 0;
  int level_ = std::atoi(kCompressionLevel.preset.data());
  std::unique_ptr<char[]> bytes_;  // not cleared: that would be a second writing
  std::vector<Container> all_;
};

std::size_t largest(const std::vector<Container>& all) {
  std::size_t size = 0;
  for (const Container& container : all) size = std::max(size, container.unpacked_size);
  return size;
}

void inflate_into(Inflater& inflater, const Container& container, std::span<char> out) {
  check(inflater.inflate(container.packed, out).size == container.unpacked_size,
        "a container is damaged");
}

void inflate_all(const char* path, unsigned threads) {
  Stopwatch watch;
  watch.start();
  const Containers log(path);
  side_by_side(log.all().size(), threads, [&] {
    return [&, inflater = Inflater(), out = std::vector<char>(largest(log.all()))](
               std::size_t at) mutable { inflate_into(inflater, log.all()[at], out); };
  });
  watch.stop();
  watch.print(log.packed_size(), log.unpacked_size());
}

/// What the containers hold, unpacked.
std::vector<std::vector<char>> contents(const Containers& log) {
  std::vector<std::vector<char>> all;
  Inflater inflater;
  for (const Container& container : log.all()) {
    all.emplace_back(container.unpacked_size);
    inflate_into(inflater, container, all.back());
  }
  return all;
}

/// `make` makes what packs a piece and returns its packed size.
template <class Make>
void deflate_all(const char* path, unsigned threads, const Make& make) {
  const Containers log(path);
  const auto pieces = contents(log);
  std::atomic<std::size_t> packed = 0;
  Stopwatch watch;
  watch.start();
  side_by_side(pieces.size(), threads, [&] {
    return [&, pack = make(log.level())](std::size_t at) mutable { packed += pack(pieces[at]); };
  });
  watch.stop();
  watch.print(log.unpacked_size(), packed);
}

auto libdeflate_packer(int level) {
  return [deflater = Deflater(level), out = std::vector<char>()](std::span<const char> in) mutable {
    out.resize(deflater.bound(in.size()));
    return deflater.compress(in, out);
  };
}

auto zlib6_packer(int) {
  return [out = std::vector<Bytef>()](std::span<const char> in) mutable {
    out.resize(::compressBound(in.size()));
    uLongf size = out.size();
    check(::compress2(out.data(), &size, reinterpret_cast<const Bytef*>(in.data()), in.size(), 6) ==
              Z_OK,
          "zlib");
    return static_cast<std::size_t>(size);
  };
}

void copy(const char* from, const char* to) {
  std::vector<char> block(1 << 20);
  std::size_t total = 0;
  Stopwatch watch;
  watch.start();
  const Descriptor in(::open(from, O_RDONLY | O_CLOEXEC));
  const Descriptor out(::open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  for (ssize_t size; (size = ::read(in.get(), block.data(), block.size())) != 0;) {
    check(size > 0 && ::write(out.get(), block.data(), static_cast<std::size_t>(size)) == size,
          "can't copy");
    total += static_cast<std::size_t>(size);
  }
  watch.stop();
  watch.print(total, total);
}

struct CloseDatabase {
  void operator()(sqlite3* it) const { sqlite3_close_v2(it); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
struct Finalize {
  void operator()(sqlite3_stmt* it) const { sqlite3_finalize(it); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Database open_database(const char* path, int flags) {
  sqlite3* handle = nullptr;
  check(sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK,
        "can't open the database");
  return Database(handle);
}

Statement prepare(const Database& database, const std::string& sql) {
  sqlite3_stmt* handle = nullptr;
  check(sqlite3_prepare_v2(database.get(), sql.c_str(), -1, &handle, nullptr) == SQLITE_OK, sql);
  return Statement(handle);
}

void run(const Database& database, const char* sql) {
  check(sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
}

constexpr std::size_t kRows = 50;  // a statement

Statement prepare_insert(const Database& database) {
  std::string sql = "INSERT INTO messages VALUES(?,?,?,?,?,?,?)";
  for (std::size_t i = 1; i < kRows; ++i) sql += ",(?,?,?,?,?,?,?)";
  return prepare(database, sql);
}

void bind(sqlite3_stmt* insert, int at, const Message& m) {
  sqlite3_bind_double(insert, at + 1, static_cast<double>(m.timestamp.count()) / 1e9);
  sqlite3_bind_int64(insert, at + 2, m.id);
  sqlite3_bind_int64(insert, at + 3, m.extended);
  sqlite3_bind_int64(insert, at + 4, m.remote);
  sqlite3_bind_int64(insert, at + 5, m.error);
  sqlite3_bind_int64(insert, at + 6, m.length);
  sqlite3_bind_blob(insert, at + 7, m.data.data(), m.length, SQLITE_STATIC);
}

/// Rounds `count` up to whole statements. All in one transaction.
void insert_rows(std::size_t count, const char* path) {
  bench::Traffic traffic;
  std::vector<Message> batch(kRows * 40);
  Stopwatch watch;
  watch.start();
  Database database = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  run(database,
      "CREATE TABLE messages(ts REAL, arbitration_id INTEGER, extended INTEGER, remote INTEGER,"
      " error INTEGER, dlc INTEGER, data BLOB); BEGIN");
  const Statement insert = prepare_insert(database);
  for (std::size_t done = 0; done < count; done += batch.size()) {
    watch.stop();
    traffic.next(batch);
    watch.start();
    for (std::size_t at = 0; at < batch.size() && done + at < count; at += kRows) {
      for (std::size_t row = 0; row < kRows; ++row)
        bind(insert.get(), static_cast<int>(row) * 7, batch[at + row]);
      check(sqlite3_step(insert.get()) == SQLITE_DONE, "can't insert");
      sqlite3_reset(insert.get());
    }
  }
  run(database, "COMMIT");
  watch.stop();
  watch.print(0, 0);
}

void select_rows(const char* path) {
  std::size_t bytes = 0;
  Stopwatch watch;
  watch.start();
  const Database database = open_database(path, SQLITE_OPEN_READONLY);
  const Statement select = prepare(database, "SELECT * FROM messages");
  while (sqlite3_step(select.get()) == SQLITE_ROW) {
    bytes += static_cast<std::size_t>(sqlite3_column_double(select.get(), 0) > 0);
    for (int column = 1; column < 6; ++column)
      bytes += static_cast<std::size_t>(sqlite3_column_int64(select.get(), column) & 1);
    bytes += sqlite3_column_blob(select.get(), 6) != nullptr;
  }
  watch.stop();
  watch.print(0, bytes);  // bytes: so that nothing is optimized away
}

unsigned threads_of(const char* text) {
  const auto asked = static_cast<unsigned>(std::atoi(text));
  return asked != 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "inflate" && argc == 4)
    inflate_all(argv[2], threads_of(argv[3]));
  else if (what == "deflate" && argc == 4)
    deflate_all(argv[2], threads_of(argv[3]), libdeflate_packer);
  else if (what == "zlib6" && argc == 4)
    deflate_all(argv[2], threads_of(argv[3]), zlib6_packer);
  else if (what == "copy" && argc == 4)
    copy(argv[2], argv[3]);
  else if (what == "insert" && argc == 4)
    insert_rows(std::strtoull(argv[2], nullptr, 10), argv[3]);
  else if (what == "select" && argc == 3)
    select_rows(argv[2]);
  else
    give_up("usage: see the head of limits.cpp");
  return 0;
}
