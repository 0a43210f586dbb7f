// Lists that were rendered lately, so that asking for the same list again costs no look into the
// database while nothing in it has changed.
//
// An entry is good for one version of the organization's lists (store/store.hpp) and is never given
// out at another. Bounded in bytes; what is asked for again stays longest. Knows nothing of HTTP:
// the key must hold everything the text depends on. Owned by rest_service; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dialplane {

class kept_lists {
 public:
  using text = std::shared_ptr<const std::string>;

  explicit kept_lists(std::size_t bytes_max = 2 * 1024 * 1024) : bytes_max_(bytes_max) {}

  // Null where there is none of that version.
  text find(std::string_view key, std::uint64_t version);
  void keep(std::string key, std::uint64_t version, std::string_view list);
  std::size_t bytes() const;  // of texts and keys, roughly

 private:
  struct entry {
    std::uint64_t version = 0;
    text list;
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const noexcept {
      return std::hash<std::string_view>{}(key);
    }
  };
  using table = std::unordered_map<std::string, entry, hash, std::equal_to<>>;
  struct generation {
    table entries;
    std::size_t bytes = 0;
  };

  void put(std::string key, entry what);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  // What is asked for moves to `young_`; when that holds half of what may be, it becomes `old_`,
  // and what nobody asked for since goes.
  generation young_;
  generation old_;
};

}  // namespace dialplane
