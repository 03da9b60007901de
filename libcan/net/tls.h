// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "libcan/net/tls_files.h"
#include "libcan/net/transport.h"

namespace can::remote {

/// Certificates, read once, for any number of encrypted connections: TLS 1.2 and later.
class Tls {
 public:
  /// For a server: `files.certificate` and `files.key` are needed; with `files.authorities`,
  /// clients have to have a certificate. Throws Errc::invalid, Errc::not_found.
  static Tls for_server(const TlsFiles& files);
  /// For a client: `files.authorities`, or else those of the system, sign the server's.
  static Tls for_client(const TlsFiles& files);

  ~Tls();
  Tls(Tls&&) noexcept;
  Tls& operator=(Tls&&) noexcept;

  /// The handshake is made while reading and writing.
  std::unique_ptr<Transport> accept(Descriptor socket) const;
  /// `host`: the name or address that the server's certificate has to be for.
  std::unique_ptr<Transport> connect(Descriptor socket, const std::string& host) const;

 private:
  struct Context;
  explicit Tls(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace can::remote
