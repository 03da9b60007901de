// SPDX-License-Identifier: MIT
#include "libcan/flow/generator.h"

#include <algorithm>

namespace can {

Message Generator::next() {
  Message m;
  choose_kind(m);
  choose_id(m);
  choose_length(m);
  choose_data(m);
  ++count_;
  return m;
}

void Generator::choose_kind(Message& m) {
  if (!options_.mixed) {
    m.extended = options_.extended;
    m.fd = options_.fd;
    m.brs = options_.fd && options_.brs;
    m.remote = !options_.fd && options_.remote;
    return;
  }
  m.extended = options_.id == Choice::fixed ? options_.extended : toss();
  m.fd = options_.fd && toss();
  m.brs = m.fd && toss();
  m.remote = !m.fd && random_() % 8 == 0;
}

void Generator::choose_id(Message& m) {
  const std::uint32_t mask = m.extended ? kExtendedIdMask : kStandardIdMask;
  if (options_.id == Choice::fixed)
    m.id = options_.fixed_id & mask;
  else
    m.id = static_cast<std::uint32_t>(options_.id == Choice::random ? random_() : count_) & mask;
}

void Generator::choose_length(Message& m) {
  const std::uint64_t lengths = m.fd ? 16 : 9;
  if (options_.length == Choice::fixed) {
    const std::uint8_t dlc = dlc_of(options_.fixed_length);
    m.length = m.fd ? length_of(dlc) : std::min<std::uint8_t>(options_.fixed_length, 8);
  } else {
    const std::uint64_t number = options_.length == Choice::random ? random_() : count_;
    m.length = length_of(static_cast<std::uint8_t>(number % lengths));
  }
}

void Generator::choose_data(Message& m) {
  if (m.remote) return;
  if (options_.data == Choice::fixed) {
    std::copy_n(options_.fixed_data.begin(), m.length, m.data.begin());
    return;
  }
  for (std::size_t at = 0; at < m.length; at += 8) {
    std::uint64_t number = options_.data == Choice::random ? random_() : at == 0 ? count_ : 0;
    for (std::size_t i = at; i < std::min<std::size_t>(at + 8, m.length); ++i, number >>= 8)
      m.data[i] = static_cast<std::uint8_t>(number);
  }
}

}  // namespace can
