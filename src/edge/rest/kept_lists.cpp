#include "edge/rest/kept_lists.hpp"

#include <utility>

namespace dialplane {

namespace {

constexpr std::size_t entry_bytes = 200;  // the table's own, about

std::size_t bytes_of(std::size_t key, std::size_t list) { return entry_bytes + key + list; }

}  // namespace

kept_lists::text kept_lists::find(std::string_view key, std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.entries.find(key); found != young_.entries.end()) {
    return found->second.version == version ? found->second.list : nullptr;
  }
  const auto found = old_.entries.find(key);
  if (found == old_.entries.end()) return nullptr;
  entry moved = std::move(found->second);
  std::string own_key = found->first;
  old_.bytes -= bytes_of(own_key.size(), moved.list->size());
  old_.entries.erase(found);
  if (moved.version != version) return nullptr;
  text list = moved.list;
  put(std::move(own_key), std::move(moved));
  return list;
}

void kept_lists::keep(std::string key, std::uint64_t version, std::string_view list) {
  if (bytes_of(key.size(), list.size()) > bytes_max_ / 8) return;
  auto made = std::make_shared<const std::string>(list);
  const std::lock_guard lock(mutex_);
  if (const auto found = old_.entries.find(key); found != old_.entries.end()) {
    old_.bytes -= bytes_of(key.size(), found->second.list->size());
    old_.entries.erase(found);
  }
  put(std::move(key), {version, std::move(made)});
}

void kept_lists::put(std::string key, entry what) {
  const std::size_t fresh = bytes_of(key.size(), what.list->size());
  if (const auto found = young_.entries.find(key); found != young_.entries.end()) {
    young_.bytes -= bytes_of(key.size(), found->second.list->size());
    young_.entries.erase(found);
  }
  if (young_.bytes + fresh > bytes_max_ / 2) old_ = std::exchange(young_, {});
  young_.bytes += fresh;
  young_.entries.emplace(std::move(key), std::move(what));
}

std::size_t kept_lists::bytes() const {
  const std::lock_guard lock(mutex_);
  return young_.bytes + old_.bytes;
}

}  // namespace dialplane
