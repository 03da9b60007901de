// SPDX-License-Identifier: MIT
// A bus that a server shares over TCP: cansuite's canserver, or python-can's of version 2.
//
//   canlogger -i remote -c can.example.org
//   canlogger -i remote -c [2001:db8::1]:54701 -o reconnect=60
//
// Source: python-can's manual, chapter "CAN over network", and can/interfaces/remote/ at commits
// aa103543 and 4d082c0e; doc/remote-protocol.md. Differences to python-can:
//   The client also applies the filters if the server is python-can's, as some of its buses don't.
//   A message that the server could not send is an error of the next send(), not of receive().

#include "cansuite/interfaces.h"
#include "drivers/remote/client.h"
#include "libcan/model/fail.h"
#include "libcan/remote/token.h"

namespace can {
namespace {

using namespace remote;

constexpr std::string_view kVersions[] = {"auto", "4", "5", "64"};
constexpr Option kProtocol = {.name = "protocol",
                              .help = "version of the protocol",
                              .kind = OptionKind::word,
                              .preset = kVersions[0],
                              .words = kVersions};
constexpr Option kReconnect = {
    .name = "reconnect",
    .help = "how long to try to connect, also after a lost connection; 0: once",
    .kind = OptionKind::duration,
    .preset = "0"};
constexpr Option kWait = {.name = "wait",
                          .help = "wait without limit for an unreachable server at the start",
                          .kind = OptionKind::flag,
                          .preset = "false",
                          .role = OptionRole::wait};
constexpr Option kTokenFile = {.name = "token_file", .help = "file with the token of the server"};
constexpr Option kTls = {.name = "tls",
                         .help = "use TLS",
                         .kind = OptionKind::flag,
                         .unset = "true with any of the next three"};
constexpr Option kTlsCa = {.name = "tls_ca",
                           .help = "authorities (PEM) that sign the server's certificate",
                           .unset = "the system's authorities"};
constexpr Option kTlsCert = {.name = "tls_cert",
                             .help = "certificate (PEM) of the client, with tls_key"};
constexpr Option kTlsKey = {.name = "tls_key", .help = "private key (PEM) of tls_cert"};
constexpr Option kOptions[] = {kProtocol, kReconnect, kWait,    kTokenFile,
                               kTls,      kTlsCa,     kTlsCert, kTlsKey};

std::optional<Version> version_from(std::string_view text) {
  for (Version version : {Version::v4, Version::v5, Version::own})
    if (text == std::to_string(static_cast<unsigned>(version))) return version;
  return std::nullopt;
}

std::string text(const BusConfig& config, const Option& option) {
  return std::string(text_of(config.options, option));
}

LinkOptions options_from(const BusConfig& config) {
  LinkOptions options;
  options.server = parse_endpoint(config.channel, kDefaultPort);
  options.version = version_from(text_of(config.options, kProtocol));
  options.config = config;
  const std::string token_file = text(config, kTokenFile);
  if (!token_file.empty()) options.token = read_token(token_file);
  const TlsFiles files = {.certificate = text(config, kTlsCert),
                          .key = text(config, kTlsKey),
                          .authorities = text(config, kTlsCa)};
  if (is_set(config.options, kTls) ? flag_of(config.options, kTls) : files.any())
    options.tls = std::make_shared<const Tls>(Tls::for_client(files));
  if (config.receive_own_messages && options.version && *options.version != Version::own)
    fail(Errc::unsupported, "version {} of the protocol can't ask for own messages",
         static_cast<unsigned>(*options.version));
  return options;
}

std::unique_ptr<Bus> open(const BusConfig& config) try {
  const Patience patience = {.reconnect = duration_of(config.options, kReconnect),
                             .wait = flag_of(config.options, kWait)};
  return std::make_unique<RemoteBus>(options_from(config), patience);
} catch (const Error& error) {
  fail_at("remote " + config.channel, error);
}

}  // namespace

namespace drivers {
extern const Driver remote;
constinit const Driver remote = {
    .name = "remote",
    .title = "a bus shared by canserver, over TCP",
    .channels = "host, host:54701, [2001:db8::1]:54701",
    .options = kOptions,
    .open = open,
};
}  // namespace drivers
}  // namespace can
