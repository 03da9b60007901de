// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "libcan/net/tls_files.h"
#include "libcan/net/transport.h"

namespace can::remote {

/// Certificates, read once, for any number of connections encrypted by TLS 1.2 or later.
class Tls {
 public:
  /// For a server, which needs `files.certificate` and `files.key`. With `files.authorities` each
  /// client has to show a certificate. Throws Errc::invalid, Errc::not_found.
  static Tls for_server(const TlsFiles& files);
  /// For a client: `files.authorities`, or else those of the system, sign the server's.
  static Tls for_client(const TlsFiles& files);

  ~Tls();
  Tls(Tls&&) noexcept;
  Tls& operator=(Tls&&) noexcept;

  /// The handshake is made while reading and writing.
  std::unique_ptr<Transport> accept(Descriptor socket) const;
  /// The server's certificate has to be for `host`, a name or an address.
  std::unique_ptr<Transport> connect(Descriptor socket, const std::string& host) const;

 private:
  struct Context;
  explicit Tls(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace can::remote
