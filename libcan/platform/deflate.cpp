// SPDX-License-Identifier: MIT
#include "libcan/platform/deflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <new>

namespace can {
namespace {

template <class Pointer>
Pointer* needed(Pointer* made) {
  if (!made) throw std::bad_alloc();
  return made;
}

Bytef* bytes_of(std::span<const char> bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads them
}

uInt count_of(std::span<const char> bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes.size(), UINT_MAX));
}

}  // namespace

Deflater::Deflater(int level) : compressor_(needed(libdeflate_alloc_compressor(level))) {}

std::size_t Deflater::bound(std::size_t size) const {
  return libdeflate_zlib_compress_bound(compressor_.get(), size);
}

std::size_t Deflater::compress(std::span<const char> in, std::span<char> out) {
  return libdeflate_zlib_compress(compressor_.get(), in.data(), in.size(), out.data(), out.size());
}

void Deflater::Free::operator()(libdeflate_compressor* it) const { libdeflate_free_compressor(it); }

Inflater::Inflater() : decompressor_(needed(libdeflate_alloc_decompressor())) {}

Inflated Inflater::inflate(std::span<const char> in, std::span<char> out) {
  Inflated result;
  result.complete =
      libdeflate_zlib_decompress_ex(decompressor_.get(), in.data(), in.size(), out.data(),
                                    out.size(), &result.used, &result.size) == LIBDEFLATE_SUCCESS;
  // libdeflate does not return the bytes before the damage.
  return result.complete ? result : StreamInflater().inflate(in, out);
}

void Inflater::Free::operator()(libdeflate_decompressor* it) const {
  libdeflate_free_decompressor(it);
}

StreamInflater::StreamInflater(Wrapper wrapper) : stream_(new z_stream{}) {
  const int window = wrapper == Wrapper::zlib ? MAX_WBITS : -MAX_WBITS;
  if (inflateInit2(stream_.get(), window) != Z_OK) throw std::bad_alloc();
}

Inflated StreamInflater::inflate(std::span<const char> in, std::span<char> out) {
  Bytef nothing;  // zlib wants a place even for no bytes
  stream_->next_in = in.empty() ? &nothing : bytes_of(in);
  stream_->avail_in = count_of(in);
  stream_->next_out = out.empty() ? &nothing : bytes_of(out);
  stream_->avail_out = count_of(out);
  const int status = ::inflate(stream_.get(), Z_NO_FLUSH);
  return {.size = count_of(out) - stream_->avail_out,
          .used = count_of(in) - stream_->avail_in,
          .complete = status == Z_STREAM_END};
}

void StreamInflater::Free::operator()(z_stream_s* it) const {
  inflateEnd(it);
  delete it;
}

std::uint32_t crc32(std::uint32_t crc, std::span<const char> bytes) {
  return libdeflate_crc32(crc, bytes.data(), bytes.size());
}

}  // namespace can
