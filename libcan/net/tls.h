// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cansuite/tls_files.h"
#include "libcan/net/transport.h"

namespace can::remote {

/// Certificates, read once, for any number of connections encrypted by TLS 1.2 or later.
class Tls {
 public:
  /// For a server. Requires `files.certificate` and `files.key`; with `files.authorities`, also a
  /// certificate of each client. Throws Errc::invalid, Errc::not_found.
  static Tls for_server(const TlsFiles& files);
  /// For a client. The server's certificate has to be signed by `files.authorities`, by default by
  /// the system's authorities.
  static Tls for_client(const TlsFiles& files);

  ~Tls();
  Tls(Tls&&) noexcept;
  Tls& operator=(Tls&&) noexcept;

  /// Encrypts a socket; read() and write() make the handshake.
  std::unique_ptr<Transport> accept(Descriptor socket) const;
  /// The server's certificate has to be for `host`, a name or an address.
  std::unique_ptr<Transport> connect(Descriptor socket, const std::string& host) const;

 private:
  struct Context;
  explicit Tls(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace can::remote
