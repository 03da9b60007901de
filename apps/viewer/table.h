// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/viewer/meanings.h"
#include "cansuite/filter.h"
#include "libcan/flow/bus_view.h"

namespace can::cli {

/// The order of the rows.
enum class Order { id, latest, count };

/// The rows that canviewer shows. Each look() is a step of the fading of changes.
class Table {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr std::uint8_t kHot = 20, kWarm = 17;  // steps of heat; the latest look is hot

  /// A row, as it is shown.
  struct Row {
    BusView::Row seen;
    std::array<std::uint8_t, 64> heat{};     ///< by byte: kHot where it just changed, down to 0
    std::array<std::uint8_t, 64> recent{};   ///< bits that changed while their byte had heat
    std::array<std::uint8_t, 64> notched{};  ///< bits whose changes don't count
  };

  explicit Table(Meanings meanings = {}) : meanings_(std::move(meanings)) {}

  void add(std::span<const Message> messages) { view_.add(messages); }

  /// Shows what came since the last look, unless paused.
  void look();
  /// Forgets everything.
  void clear();

  void pause(bool on) { paused_ = on; }
  bool paused() const { return paused_; }
  void order(Order order) { order_ = order; }
  Order order() const { return order_; }

  /// Bits that changed so far no longer count: what changes from now on is seen.
  void notch();
  void notch_nothing();

  /// Shows rows whose id or name contains the text, or, for "7E8:7FF" or "7E8~7FF", those that pass
  /// the filter. "": all.
  void filter(const std::string& text);
  const std::string& filter() const { return filter_text_; }

  /// Indexes of the rows to show, in their order. Valid until the next look().
  std::vector<std::size_t> visible() const;
  const Row& row(std::size_t index) const { return rows_[index]; }
  std::size_t size() const { return rows_.size(); }
  bool several_channels() const { return several_channels_; }

  const BusView& view() const { return view_; }
  const Meanings& meanings() const { return meanings_; }
  /// The time of the bus: that of the latest message shown, if the bus is silent.
  nanoseconds shown_until() const { return shown_until_; }

 private:
  void cool();
  void take(const BusView::Row& seen, std::size_t index);
  bool wanted(const Row& row) const;
  bool before(const Row& a, const Row& b) const;

  Meanings meanings_;
  BusView view_;
  std::vector<Row> rows_;
  Order order_ = Order::id;
  std::string filter_text_;
  Filters filters_;
  nanoseconds shown_until_{};
  bool paused_ = false, several_channels_ = false;
};

}  // namespace can::cli
