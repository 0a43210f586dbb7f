#include "conformance/store_home.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <array>
#include <filesystem>

#include "base/sqlite.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane::test {

namespace {

class sqlite_home final : public store_home {
 public:
  sqlite_home() {
    std::string name = (std::filesystem::temp_directory_path() / "dialplane-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~sqlite_home() override { std::filesystem::remove_all(folder_); }

  result<std::unique_ptr<store>> open(const store_limits& limits) override {
    return open_at(folder_ / "dialplane.db", limits);
  }

  std::string backup_path() override {
    return (folder_ / ("backup-" + std::to_string(++backups_) + ".db")).string();
  }

  result<std::unique_ptr<store>> open_backup(const std::string& path) override {
    return open_at(path, {});
  }

  void run_sql(const std::string& sql) override {
    auto opened = sqlite::database::open((folder_ / "dialplane.db").string(),
                                         sqlite::open_mode::read_write_create);
    REQUIRE(opened.has_value());
    REQUIRE(opened->exec(sql).has_value());
  }

 private:
  static result<std::unique_ptr<store>> open_at(const std::filesystem::path& path,
                                                const store_limits& limits) {
    sqlite_store_options options;
    options.path = path.string();
    options.write_queue_limit = limits.write_queue;
    options.read_queue_limit = limits.read_queue;
    return open_sqlite_store(options);
  }

  std::filesystem::path folder_;
  int backups_ = 0;
};

constexpr std::array<store_kind, 1> kinds = {{
    {"sqlite", []() -> std::unique_ptr<store_home> { return std::make_unique<sqlite_home>(); }},
}};

}  // namespace

std::span<const store_kind> store_kinds() { return kinds; }

}  // namespace dialplane::test
