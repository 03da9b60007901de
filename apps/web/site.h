// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "apps/web/guard.h"
#include "apps/web/history.h"
#include "apps/web/live_bus.h"
#include "apps/web/rows.h"
#include "apps/web/sender.h"
#include "apps/web/status.h"

namespace can::web {

/// How a site is served.
struct SiteOptions {
  std::string title;                                          ///< the bus in words
  std::string host;                                           ///< as Guard has it
  std::string token{};                                        ///< "": none
  bool encrypted = false;                                     ///< by TLS
  bool sends = false;                                         ///< viewers may send
  std::shared_ptr<const signals::Catalog> catalog = nullptr;  ///< null: no names, no signals
};

/// The page of a bus: what requests get, and what viewers see. Used by one thread.
class Site final : public http::Handler {
 public:
  using Clock = std::chrono::steady_clock;

  Site(SiteOptions options, BusConfig config, remote::OpenBus open);

  http::Response answer(const http::Request& request) override;
  void tick() override;
  http::SharedText update(std::uint64_t& seen) override;

  /// True while the destructor would wait for a bus that is being opened.
  bool opens_bus() const { return bus_.opens(); }

 private:
  http::Response get(const http::Request& request);
  http::Response post(const http::Request& request);
  http::Response filter(const std::string& text) const;
  http::Response log(std::string_view query) const;
  http::Response send(std::string_view body);
  void take();
  http::SharedText encode(Rows::Version seen) const;

  const SiteOptions options_;
  const Guard guard_;
  Rows rows_;
  History history_;
  Sender sender_;
  Status status_;
  Rows::Version version_ = 1, status_version_ = 0;     // 0: there is no status yet
  std::map<Rows::Version, http::SharedText> encoded_;  // of version_, by what was seen
  Clock::time_point watched_ = Clock::now();           // a viewer took an update
  LiveBus bus_;
};

}  // namespace can::web
