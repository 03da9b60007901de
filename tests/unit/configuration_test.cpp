// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "cansuite/config.h"
#include "cansuite/interfaces.h"
#include "libcan/model/fail.h"
#include "tests/temporary_folder.h"

using namespace can;

namespace {

/// An environment variable, as it was when the object goes.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// A home folder with this .canrc.
struct Home {
  explicit Home(const std::string& canrc) : variable("HOME", folder.path()) {
    std::ofstream(folder.path() + "/.canrc") << canrc;
  }
  TemporaryFolder folder;
  Variable variable;
};

}  // namespace

TEST_CASE("a bus is opened as the configuration says", "[configuration]") {
  const Home home("[default]\ninterface = virtual\nchannel = from file\nport = 43113\n");
  CHECK(load_config().channel == "from file");
  CHECK(open_bus()->name() == "virtual from file");
  const Variable channel("CAN_CHANNEL", "from environment");
  CHECK(load_config().channel == "from environment");
  CHECK(load_config({{"channel", {"given", ""}}}).channel == "given");
}

TEST_CASE("a setting of another interface is left out, unless it is given", "[configuration]") {
  const Home home("[default]\ninterface = virtual\nport = 43113\nrx_queue_size = 7\n");
  const BusConfig config = load_config();
  CHECK(config.options == OptionValues{{"rx_queue_size", "7"}});
  CHECK_THROWS_WITH(open_bus(load_config({{"port", {"1", ""}}})),
                    Catch::Contains("no option 'port'"));
}

TEST_CASE("a configuration file may be named", "[configuration]") {
  const Home home("[default]\ninterface = socketcan\n");
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/bench.conf";
  std::ofstream(path) << "[default]\ninterface = virtual\nchannel = bench\n";
  CHECK(load_config({}, path).interface == "virtual");
  CHECK_THROWS_WITH(load_config({}, path + "x"), path + "x: no such file");
}

TEST_CASE("settings that nobody knows are told, but those given are the bus's to refuse",
          "[configuration]") {
  const Home home("[default]\ninterface = virtual\nchanel = x\nport = 1\n");
  const auto unknown = unknown_settings(load_settings({{"prot", {"1", "here", true}}}));
  REQUIRE(unknown.size() == 1);
  CHECK_THAT(unknown[0], Catch::EndsWith(".canrc:3: unknown setting 'chanel'; did you mean "
                                         "'channel'?"));
}

TEST_CASE("a configuration without an interface is an error", "[configuration]") {
  const Home home("");
  if (std::getenv("CAN_INTERFACE") == nullptr)
    CHECK_THROWS_WITH(load_config(), Catch::StartsWith("no interface: "));
}
