// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "libcan/platform/vendor_library.h"

/// What this project uses of the binary interface of libmosquitto.
///
/// Source: mosquitto.h of mosquitto 2.0.11; names as there, without prefixes.
namespace can::fleet {

struct Mosquitto;  // a connection

/// A received message.
struct MosquittoMessage {
  int id;
  char* topic;
  void* payload;
  int size;
  int qos;
  bool retain;
};
static_assert(offsetof(MosquittoMessage, topic) == sizeof(void*) &&
              offsetof(MosquittoMessage, size) == 3 * sizeof(void*) &&
              offsetof(MosquittoMessage, retain) == 3 * sizeof(void*) + 2 * sizeof(int));

// Results of the functions.
constexpr int kMosquittoSuccess = 0, kMosquittoErrno = 14;
// Options of set_option().
constexpr int kMosquittoNoDelay = 11;

/// The functions.
struct MosquittoFunctions {
  int (*initialize)();
  Mosquitto* (*make)(const char* client, bool clean_session, void* object);
  void (*destroy)(Mosquitto*);
  int (*set_option)(Mosquitto*, int option, int value);
  int (*set_login)(Mosquitto*, const char* user, const char* password);
  int (*set_will)(Mosquitto*, const char* topic, int size, const void* payload, int qos,
                  bool retain);
  int (*set_tls)(Mosquitto*, const char* ca_file, const char* ca_folder, const char* certificate,
                 const char* key, int (*password)(char*, int, int, void*));
  int (*connect)(Mosquitto*, const char* host, int port, int keepalive_seconds);
  int (*disconnect)(Mosquitto*);
  int (*publish)(Mosquitto*, int* id, const char* topic, int size, const void* payload, int qos,
                 bool retain);
  int (*subscribe)(Mosquitto*, int* id, const char* pattern, int qos);
  int (*descriptor)(Mosquitto*);  // -1: no connection
  bool (*wants_to_write)(Mosquitto*);
  int (*do_read)(Mosquitto*, int packets);
  int (*do_write)(Mosquitto*, int packets);
  int (*do_other)(Mosquitto*);  // keep-alive
  void (*on_connect)(Mosquitto*, void (*)(Mosquitto*, void* object, int result));
  void (*on_publish)(Mosquitto*, void (*)(Mosquitto*, void* object, int id));
  void (*on_message)(Mosquitto*, void (*)(Mosquitto*, void* object, const MosquittoMessage*));
  const char* (*words_of)(int result);
  const char* (*words_of_refusal)(int result);
};

/// How the library is looked for.
extern const VendorLibraryInfo kMosquittoInfo;

/// libmosquitto, loaded and initialized at the first call. Throws Errc::not_found,
/// Errc::unsupported.
const MosquittoFunctions& mosquitto();

}  // namespace can::fleet
