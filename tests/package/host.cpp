// SPDX-License-Identifier: MIT
// Calls a plug-in, of which it knows nothing but the name of its function.
#include <cstdio>

extern "C" int frames_of_bus();

int main() { std::printf("%d frames\n", frames_of_bus()); }
