// The data directory: made at first use, readable by its owner only, and held by one process.
//
// Holding it is an flock on dialplane.lock, which the kernel drops when the process ends, however
// it ends; the file also says which process holds it, for people.
#pragma once

#include <string>

#include "base/error.hpp"

namespace dialplane {

class data_directory {
 public:
  // Makes the directory (mode 0700) where it is missing, and locks it. Refused (not_configured,
  // one sentence for the operator): it cannot be made. conflict, field data_dir: another process
  // holds it.
  static result<data_directory> hold(const std::string& path);
  data_directory(data_directory&& other) noexcept;
  data_directory& operator=(data_directory&&) = delete;
  ~data_directory();

  const std::string& path() const noexcept { return path_; }
  std::string file(std::string_view name) const;

 private:
  data_directory(std::string path, int lock) noexcept : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

// The socket of a server that runs on `directory`.
std::string control_socket_path(const std::string& directory);

}  // namespace dialplane
