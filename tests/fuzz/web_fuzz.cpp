// SPDX-License-Identifier: MIT
// What a client of canserver's page sends: nothing may come out of the site but an answer, and a
// request that was cut isn't complete.
#include <cstdlib>

#include "apps/web/site.h"
#include "libcan/model/fail.h"

using namespace can;

namespace {

web::Site make_site() {
  return {{.title = "fuzz", .host = "localhost", .sends = true}, {}, [](const BusConfig&) {
            fail(Errc::io, "no bus");
            return std::unique_ptr<Bus>();
          }};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static web::Site site = make_site();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const http::Reading reading = http::read_request(input);
  if (!reading.request) return 0;
  const http::Request& request = *reading.request;
  if (reading.refusal != 0 || request.body.size() > http::kMaxBody) std::abort();
  const auto used =
      static_cast<std::size_t>(request.body.data() - input.data()) + request.body.size();
  if (used > 0 && http::read_request(input.substr(0, used - 1)).request) std::abort();
  const http::Response response = site.answer(request);
  if (response.status < 200 || response.status > 599) std::abort();
  return 0;
}
