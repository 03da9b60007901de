// SPDX-License-Identifier: MIT
#include "libcan/platform/shared_library.h"

#include <dlfcn.h>

#include "libcan/model/fail.h"

namespace can {

SharedLibrary::SharedLibrary(const std::string& name)
    : handle_(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_) return;
  const char* const why = ::dlerror();
  fail(Errc::not_found, "{}", why ? why : name + ": can't be loaded");
}

void* SharedLibrary::find(const char* symbol) const { return ::dlsym(handle_, symbol); }

}  // namespace can
