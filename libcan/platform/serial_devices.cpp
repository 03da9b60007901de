// SPDX-License-Identifier: MIT
// What serial devices there are. Source: the kernel's Documentation/ABI for /sys/class/tty and
// /sys/bus/usb; udev's names in /dev/serial/by-id.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "libcan/platform/serial_port.h"

namespace can {
namespace {

namespace fs = std::filesystem;

/// The first line of a small file; empty where there is none. Control characters are left out.
std::string line_of(const fs::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
  return line;
}

void append(std::string& text, std::string_view separator, std::string_view more) {
  if (more.empty()) return;
  if (!text.empty()) text += separator;
  text += more;
}

/// The USB device that a terminal belongs to: itself is an interface of it, or below one.
fs::path usb_device(fs::path folder) {
  constexpr int kMostLevels = 4;
  std::error_code ignored;
  for (int level = 0; level < kMostLevels; ++level, folder = folder.parent_path())
    if (fs::exists(folder / "idVendor", ignored)) return folder;
  return {};
}

std::string describe(const fs::path& device) {
  const fs::path usb = usb_device(device);
  if (usb.empty()) return {};
  std::string text = line_of(usb / "manufacturer");
  append(text, " ", line_of(usb / "product"));
  if (text.empty()) text = "USB " + line_of(usb / "idVendor") + ":" + line_of(usb / "idProduct");
  const std::string serial = line_of(usb / "serial");
  append(text, ", ", serial.empty() ? "" : "serial number " + serial);
  return text;
}

/// A terminal with a device behind it; of a mainboard's, one whose chip was found.
bool is_there(const fs::path& terminal) {
  std::error_code ignored;
  const bool bluetooth = terminal.filename().string().starts_with("rfcomm");
  if (!bluetooth && !fs::exists(terminal / "device", ignored)) return false;
  return line_of(terminal / "type") != "0";  // PORT_UNKNOWN
}

}  // namespace

std::vector<SerialDevice> find_serial_devices(const std::string& sysfs, const std::string& dev) {
  std::vector<SerialDevice> found;
  std::error_code error;
  for (const fs::path& terminal : fs::directory_iterator(fs::path(sysfs) / "class/tty", error)) {
    const fs::path path = fs::path(dev) / terminal.filename();
    if (!is_there(terminal) || !fs::exists(path, error)) continue;
    SerialDevice device{path.string(), describe(fs::canonical(terminal / "device", error))};
    if (::access(path.c_str(), R_OK | W_OK) != 0)
      append(device.description, ", ", "no permission: is the user in the group dialout?");
    found.push_back(std::move(device));
  }
  std::ranges::sort(found, {}, &SerialDevice::path);
  return found;
}

std::string stable_path(const std::string& path, const std::string& by_id) {
  std::error_code error;
  if (fs::is_symlink(path, error)) return path;
  for (const fs::path& link : fs::directory_iterator(by_id, error))
    if (fs::equivalent(link, path, error)) return link.string();
  return path;
}

}  // namespace can
