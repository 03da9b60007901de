// SPDX-License-Identifier: MIT
#include "libcan/net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <mutex>

#include "libcan/model/fail.h"
#include "libcan/platform/file_use.h"

namespace can::remote {
namespace {

using ContextPointer = std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)>;
using SslPointer = std::unique_ptr<SSL, decltype(&::SSL_free)>;

/// The last error of OpenSSL as text.
std::string last_error() {
  const unsigned long code = ::ERR_get_error();
  ::ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

/// A socket BIO for OpenSSL that never raises SIGPIPE, unlike OpenSSL's own.
int write_socket(BIO* bio, const char* bytes, int size) {
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int read_socket(BIO* bio, char* bytes, int size) {
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket, bytes, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long control_socket(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO* socket_bio(int socket) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = ::BIO_meth_new(BIO_TYPE_SOURCE_SINK | ::BIO_get_new_index(), "socket");
    ::BIO_meth_set_write(made, write_socket);
    ::BIO_meth_set_read(made, read_socket);
    ::BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  BIO* bio = ::BIO_new(method);
  ::BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  ::BIO_set_init(bio, 1);
  return bio;
}

/// A mutex guards the OpenSSL object, which allows one thread at a time: a transport allows two.
class TlsTransport final : public Transport {
 public:
  TlsTransport(Descriptor socket, SslPointer ssl)
      : Transport(std::move(socket)), ssl_(std::move(ssl)) {
    BIO* bio = socket_bio(descriptor());
    ::SSL_set_bio(ssl_.get(), bio, bio);
  }

  Result read(std::span<std::uint8_t> out) override {
    std::lock_guard lock(mutex_);
    if (failed_) return pass_over(out);
    ::ERR_clear_error();
    const int size = ::SSL_read(ssl_.get(), out.data(), limit(out.size()));
    if (size > 0) return {.bytes = static_cast<std::size_t>(size)};
    return {.bytes = 0, .state = can_go_on(size) ? State::open : State::ended};
  }

  std::size_t write(std::span<const std::uint8_t> bytes) override {
    std::lock_guard lock(mutex_);
    ::ERR_clear_error();
    const int size = ::SSL_write(ssl_.get(), bytes.data(), limit(bytes.size()));
    if (size > 0) return static_cast<std::size_t>(size);
    if (!can_go_on(size)) fail(Errc::io, "the peer has closed the connection");
    waits_to_read_ = !waits_to_write_;
    return 0;
  }

  void end_writing() override {
    std::lock_guard lock(mutex_);
    ::ERR_clear_error();
    if (!failed_) ::SSL_shutdown(ssl_.get());
    ::shutdown(descriptor(), SHUT_WR);
    ::ERR_clear_error();
  }

  bool has_read_ahead() const override {
    std::lock_guard lock(mutex_);
    return ::SSL_pending(ssl_.get()) > 0;
  }
  bool has_last_words() const override {
    std::lock_guard lock(mutex_);
    return failed_;
  }
  bool waits_to_write() const override {
    std::lock_guard lock(mutex_);
    return waits_to_write_;
  }
  bool waits_to_read() const override {
    std::lock_guard lock(mutex_);
    return waits_to_read_;
  }

 private:
  Result pass_over(std::span<std::uint8_t> room) {
    const ssize_t size = ::recv(descriptor(), room.data(), room.size(), 0);
    const bool goes_on = size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
    return {.bytes = 0, .state = goes_on ? State::open : State::ended};
  }

  static int limit(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }

  /// True if the call has to wait; false at the end of the connection. Throws after a failure.
  bool can_go_on(int result) {
    const int error = ::SSL_get_error(ssl_.get(), result);
    waits_to_write_ = error == SSL_ERROR_WANT_WRITE;
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
    if (error == SSL_ERROR_ZERO_RETURN) return false;
    if (error == SSL_ERROR_SYSCALL) {
      if (result == 0 || errno == 0) return false;
      fail_errno("connection", errno);
    }
    failed_ = true;
    if (const long verdict = ::SSL_get_verify_result(ssl_.get()); verdict != X509_V_OK)
      fail(Errc::io, "TLS: certificate: {}", ::X509_verify_cert_error_string(verdict));
    fail(Errc::io, "TLS: {}", last_error());
  }

  mutable std::mutex mutex_;
  SslPointer ssl_;
  bool waits_to_write_ = false, waits_to_read_ = false, failed_ = false;
};

[[noreturn]] void refuse_file(const std::string& path) {
  if (const int error =
          ERR_SYSTEM_ERROR(::ERR_peek_error()) ? ERR_GET_REASON(::ERR_peek_error()) : 0)
    fail_errno(path, error);
  fail(Errc::invalid, "{}: {}", path, last_error());
}

void load(SSL_CTX& context, const TlsFiles& files) {
  for (const std::string& file : {files.certificate, files.key, files.authorities})
    keep_as_input(file);
  if (files.certificate.empty() != files.key.empty())
    fail(Errc::invalid, "TLS: expected both a certificate and its key");
  ::ERR_clear_error();
  if (!files.certificate.empty()) {
    if (::SSL_CTX_use_certificate_chain_file(&context, files.certificate.c_str()) != 1)
      refuse_file(files.certificate);
    if (::SSL_CTX_use_PrivateKey_file(&context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
      refuse_file(files.key);
  }
  if (!files.authorities.empty() &&
      ::SSL_CTX_load_verify_locations(&context, files.authorities.c_str(), nullptr) != 1)
    refuse_file(files.authorities);
}

ContextPointer new_context(const SSL_METHOD* method, const TlsFiles& files) {
  ContextPointer context(::SSL_CTX_new(method), &::SSL_CTX_free);
  if (context == nullptr) fail(Errc::io, "TLS: {}", last_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Of TLS 1.2 only what has forward secrecy and authenticated encryption; 1.3 has nothing else.
  if (::SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
    fail(Errc::io, "TLS: {}", last_error());
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Many peers close without an alert; a cut is noticed by the size of the events.
  ::SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
  load(*context, files);
  return context;
}

/// Requires the server's certificate to be for this name or address.
void expect_host(SSL& ssl, const std::string& host) {
  X509_VERIFY_PARAM* parameters = ::SSL_get0_param(&ssl);
  if (::X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return;
  ::ERR_clear_error();
  ::X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), 0);
  SSL_set_tlsext_host_name(&ssl, host.c_str());
}

}  // namespace

struct Tls::Context {
  ContextPointer pointer;
};

Tls::Tls(std::unique_ptr<Context> context) : context_(std::move(context)) {}
Tls::~Tls() = default;
Tls::Tls(Tls&&) noexcept = default;
Tls& Tls::operator=(Tls&&) noexcept = default;

Tls Tls::for_server(const TlsFiles& files) {
  if (files.certificate.empty() || files.key.empty())
    fail(Errc::invalid, "TLS: a server needs a certificate and its key");
  auto context = new_context(::TLS_server_method(), files);
  if (!files.authorities.empty())
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return Tls(std::make_unique<Context>(Context{std::move(context)}));
}

Tls Tls::for_client(const TlsFiles& files) {
  auto context = new_context(::TLS_client_method(), files);
  if (files.authorities.empty()) ::SSL_CTX_set_default_verify_paths(context.get());
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return Tls(std::make_unique<Context>(Context{std::move(context)}));
}

std::unique_ptr<Transport> Tls::accept(Descriptor socket) const {
  SslPointer ssl(::SSL_new(context_->pointer.get()), &::SSL_free);
  if (ssl == nullptr) fail(Errc::io, "TLS: {}", last_error());
  ::SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsTransport>(std::move(socket), std::move(ssl));
}

std::unique_ptr<Transport> Tls::connect(Descriptor socket, const std::string& host) const {
  SslPointer ssl(::SSL_new(context_->pointer.get()), &::SSL_free);
  if (ssl == nullptr) fail(Errc::io, "TLS: {}", last_error());
  expect_host(*ssl, host);
  ::SSL_set_connect_state(ssl.get());
  return std::make_unique<TlsTransport>(std::move(socket), std::move(ssl));
}

}  // namespace can::remote
