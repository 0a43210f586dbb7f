// A folder for the files of one test: where a carrier or a store keeps its database.
#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace dialplane::test {

// A folder of its own that goes away with the test.
class scratch_folder {
 public:
  scratch_folder() {
    std::string made = (std::filesystem::temp_directory_path() / "dialplane-test-XXXXXX").string();
    REQUIRE(::mkdtemp(made.data()) != nullptr);
    path_ = made;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace dialplane::test
