// SPDX-License-Identifier: MIT
// What starting any program takes.

int main() {}
