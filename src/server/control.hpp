// How the local commands reach a running server: one line of JSON each way over a Unix socket in
// the data directory that only its owner may open (mode 0600).
//
// The server's side owns one thread that takes connections one after another; a local command may
// take its time without touching the threads that serve requests. Nothing here knows the commands.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/unique_function.hpp"

namespace dialplane {

class control_server {
 public:
  // Runs on the control thread; may block.
  using handler = unique_function<result<boost::json::object>(const boost::json::object&)>;

  // Replaces a socket left by a dead process: the caller holds the data directory.
  static result<std::unique_ptr<control_server>> start(const std::string& directory, handler run);
  // Waits for the command in progress.
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

 private:
  struct core;
  explicit control_server(std::unique_ptr<core> started);
  std::unique_ptr<core> core_;
};

// The running server's answer; nothing where no server runs on that directory.
std::optional<result<boost::json::object>> ask_running_server(
    const std::string& directory, const boost::json::object& request);

}  // namespace dialplane
