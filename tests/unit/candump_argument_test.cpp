// SPDX-License-Identifier: MIT
#include "libcan/model/candump_argument.h"

#include <catch2/catch.hpp>

#include "cansuite/error.h"

using namespace can;

namespace {

std::string filters_of(std::string_view argument) {
  std::string all;
  for (const Filter& filter : parse_candump_argument(argument).filters)
    all += (all.empty() ? "" : ",") + to_string(filter);
  return all;
}

}  // namespace

TEST_CASE("an argument of candump names a channel and its filters", "[filter]") {
  const FilteredChannel plain = parse_candump_argument("can0");
  CHECK(plain.channel == "can0");
  CHECK(plain.filters.empty());
  CHECK_FALSE(plain.error_mask);
  const FilteredChannel filtered = parse_candump_argument("vcan1,123:7FF,400~700,#2000FFFF");
  CHECK(filtered.channel == "vcan1");
  CHECK(filtered.filters == Filters{parse_filter("123:7FF"), parse_filter("400~700")});
  CHECK(filtered.error_mask == 0xFFFFu);  // bit 29 is the kernel's own
  CHECK(parse_candump_argument("can0,#FFFFFFFF").error_mask == 0x1FFFFFFFu);
  CHECK(parse_candump_argument("can0,#0").error_mask == 0u);
}

TEST_CASE("joined filters of candump have to match all", "[filter]") {
  CHECK(filters_of("can0,120:7F0,123:70F") == "120:7F0,123:70F");
  CHECK(filters_of("can0,120:7F0,123:70F,j") == "123:7FF");
  CHECK(filters_of("can0,J,120:7F0,3:F") == "123:7FF");
  CHECK(filters_of("can0,j,120:7F0,124~7FF,3:F") == "124~7FF,123:7FF");
  CHECK(filters_of("can0,j,123:7FF,124:7FF") == "0~0");
  CHECK(filters_of("can0,j,123:7FF,124:7FF,123:7FF") == "0~0");
  CHECK(filters_of("can0,j,extended,123:7FF") == "00000123:7FF");
  CHECK(filters_of("can0,j,extended,standard") == "0~0");
  CHECK(filters_of("can0,j,123~7FF") == "123~7FF");
  CHECK(filters_of("can0,j").empty());
  Message message;
  CHECK_FALSE(matches(parse_candump_argument("can0,j,1:1,0:1").filters, message));
}

TEST_CASE("what is wrong in an argument of candump is said", "[filter]") {
  for (const char* wrong : {"", ",123:7FF", "can0,", "can0,123", "can0,x:7FF", "can0,#", "can0,#x",
                            "can0,#1FFFFFFFF", "can0,123:7FF,,1:1", "can0,jj"}) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_candump_argument(wrong), Error);
  }
}
