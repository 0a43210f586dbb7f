// Records in the order they were made, found by their id; the emulator's tables.
//
// Bounded: beyond the limit the oldest goes. Places of removed records stay known, so that a page
// token that names one still leads on. Used on one thread.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace dialplane::emulators::twilio {

template <typename T>
class shelf {
 public:
  explicit shelf(std::size_t most = 200'000) : most_(most) {}

  T& add(const std::string& sid, T record) {
    if (rows_.size() >= most_) {
      sequence_of_.erase(rows_.begin()->second.first);
      rows_.erase(rows_.begin());
    }
    const std::int64_t place = ++last_;
    sequence_of_[sid] = place;
    return rows_.emplace(place, std::pair(sid, std::move(record))).first->second.second;
  }
  T* find(std::string_view sid) {
    const auto place = sequence_of_.find(sid);
    if (place == sequence_of_.end()) return nullptr;
    const auto row = rows_.find(place->second);
    return row == rows_.end() ? nullptr : &row->second.second;
  }
  bool remove(std::string_view sid) {
    const auto place = sequence_of_.find(sid);
    return place != sequence_of_.end() && rows_.erase(place->second) == 1;
  }
  std::size_t size() const { return rows_.size(); }

  // Newest first; `visit` says whether to go on. From behind the record named, if any.
  template <typename Visit>
  void newest_first(std::string_view behind, Visit visit) {
    std::int64_t from = std::numeric_limits<std::int64_t>::max();
    if (!behind.empty()) {
      const auto place = sequence_of_.find(behind);
      from = place == sequence_of_.end() ? 0 : place->second;
    }
    for (auto row = rows_.lower_bound(from); row != rows_.begin();) {
      --row;
      if (!visit(row->second.first, row->second.second)) return;
    }
  }
  template <typename Visit>
  void oldest_first(Visit visit) const {
    for (const auto& [place, row] : rows_) visit(row.second);
  }

 private:
  const std::size_t most_;
  std::int64_t last_ = 0;
  std::map<std::int64_t, std::pair<std::string, T>> rows_;
  std::map<std::string, std::int64_t, std::less<>> sequence_of_;
};

}  // namespace dialplane::emulators::twilio
