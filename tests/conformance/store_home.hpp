// Where the stores under test live. One suite runs over every store in store_kinds(); a further
// database joins by adding a home of its own there.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/store.hpp"

namespace dialplane::test {

struct store_limits {
  std::size_t write_queue = 20'000;
  std::size_t read_queue = 20'000;
};

// A place with one database, empty at first, gone with this object.
class store_home {
 public:
  virtual ~store_home() = default;
  // Opens what is there: again, after the store before has been closed.
  virtual result<std::unique_ptr<store>> open(const store_limits& limits = {}) = 0;
  // A name for a backup that does not exist yet.
  virtual std::string backup_path() = 0;
  // A store on what a backup wrote.
  virtual result<std::unique_ptr<store>> open_backup(const std::string& path) = 0;
  // Does something to the closed database behind the store's back: SQL of that database.
  virtual void run_sql(const std::string& sql) = 0;
};

struct store_kind {
  std::string_view name;
  std::unique_ptr<store_home> (*make_home)();
};

std::span<const store_kind> store_kinds();

}  // namespace dialplane::test
