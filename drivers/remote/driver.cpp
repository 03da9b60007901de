// SPDX-License-Identifier: MIT
// A bus that a server shares over TCP: cansuite's canserver, or python-can's of version 2.
//
//   canlogger -i remote -c can.example.org
//   canlogger -i remote -c [2001:db8::1]:54701 -o reconnect=60
//
// Source: python-can's manual, chapter "CAN over network", and can/interfaces/remote/ at commits
// aa103543 and 4d082c0e; doc/remote-protocol.md. Other than there:
//   filters are applied in the client, too, where the server is not ours: some of its buses have
//   none; a message the server could not send is an error of the next send(), not a receive() cut
//   short.

#include "drivers/support/driver.h"

#include "drivers/remote/client.h"
#include "libcan/model/duration.h"
#include "libcan/model/error.h"
#include "libcan/remote/token.h"

namespace can {
namespace {

using namespace remote;

std::optional<Version> version_from(const std::string& text) {
  if (text.empty() || text == "auto") return std::nullopt;
  for (Version version : {Version::v4, Version::v5, Version::own})
    if (text == std::to_string(static_cast<unsigned>(version))) return version;
  fail(Errc::invalid, "option 'protocol': expected auto, 4, 5 or 64, got {}", quote(text));
}

LinkOptions options_from(const BusConfig& config) {
  LinkOptions options;
  options.server = parse_endpoint(config.channel, kDefaultPort);
  options.version = version_from(config.option("protocol", std::string_view("auto")));
  options.config = config;
  const std::string token_file = config.option("token_file", std::string_view{});
  if (!token_file.empty()) options.token = read_token(token_file);
  const TlsFiles files = {.certificate = config.option("tls_cert", std::string_view{}),
                          .key = config.option("tls_key", std::string_view{}),
                          .authorities = config.option("tls_ca", std::string_view{})};
  if (config.option("tls", files.any()))
    options.tls = std::make_shared<const Tls>(Tls::for_client(files));
  if (config.receive_own_messages && options.version && *options.version != Version::own)
    fail(Errc::unsupported, "version {} of the protocol can't ask for own messages",
         static_cast<unsigned>(*options.version));
  return options;
}

std::unique_ptr<Bus> open(const BusConfig& config) try {
  const Patience patience = {
      .reconnect = parse_duration(config.option("reconnect", std::string_view("0")),
                                  std::chrono::seconds(1)),
      .wait = config.option("wait", false)};
  return std::make_unique<RemoteBus>(options_from(config), patience);
} catch (const Error& error) {
  fail_at("remote " + config.channel, error);
}

constexpr DriverOption kOptions[] = {
    {"protocol", "auto, or the one version to speak: 4, 5, 64 [auto]"},
    {"reconnect", "how long to try to get a connection, also one that is lost: 60s [0: once]"},
    {"wait", "wait for a server that isn't there at first, without end [false]"},
    {"token_file", "file with the token that the server wants"},
    {"tls", "encrypt [true with any of the next three]"},
    {"tls_ca", "certificates (PEM) that sign the server's [those of the system]"},
    {"tls_cert", "certificate to show the server, with"},
    {"tls_key", "its private key"},
};

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
