// SPDX-License-Identifier: MIT
#include "libcan/fleet/mosquitto.h"

namespace can::fleet {
namespace {

constexpr const char* kNames[] = {"libmosquitto.so.1"};

MosquittoFunctions load() {
  const VendorLibrary file(kMosquittoInfo);
  MosquittoFunctions f{};
  file.require("mosquitto_lib_init", f.initialize);
  file.require("mosquitto_new", f.make);
  file.require("mosquitto_destroy", f.destroy);
  file.require("mosquitto_int_option", f.set_option);
  file.require("mosquitto_username_pw_set", f.set_login);
  file.require("mosquitto_will_set", f.set_will);
  file.require("mosquitto_tls_set", f.set_tls);
  file.require("mosquitto_connect_async", f.connect);
  file.require("mosquitto_disconnect", f.disconnect);
  file.require("mosquitto_publish", f.publish);
  file.require("mosquitto_subscribe", f.subscribe);
  file.require("mosquitto_socket", f.descriptor);
  file.require("mosquitto_want_write", f.wants_to_write);
  file.require("mosquitto_loop_read", f.do_read);
  file.require("mosquitto_loop_write", f.do_write);
  file.require("mosquitto_loop_misc", f.do_other);
  file.require("mosquitto_connect_callback_set", f.on_connect);
  file.require("mosquitto_publish_callback_set", f.on_publish);
  file.require("mosquitto_message_callback_set", f.on_message);
  file.require("mosquitto_strerror", f.words_of);
  file.require("mosquitto_connack_string", f.words_of_refusal);
  f.initialize();
  return f;
}

}  // namespace

constinit const VendorLibraryInfo kMosquittoInfo = {
    .interface = "mqtt",
    .title = "libmosquitto",
    .names = kNames,
    .advice = "Debian and Ubuntu have it as libmosquitto1",
};

const MosquittoFunctions& mosquitto() {
  static const MosquittoFunctions loaded = load();
  return loaded;
}

}  // namespace can::fleet
