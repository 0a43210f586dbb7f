// The data directory's lock and the control socket in it.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "server/control.hpp"
#include "server/data_directory.hpp"

using namespace dialplane;
namespace json = boost::json;

namespace {

class temporary_directory {
 public:
  temporary_directory() {
    char name[] = "/tmp/dialplane-control-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

unsigned mode_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777;
}

std::unique_ptr<control_server> start_echo(const std::string& directory) {
  auto started = control_server::start(directory, [](const json::object& request) {
    if (request.contains("fail")) {
      return result<json::object>(bad_field("fail", "It was asked to fail."));
    }
    return result<json::object>(request);
  });
  REQUIRE(started.has_value());
  return *std::move(started);
}

}  // namespace

TEST_CASE("data directory: made private, held once, free again afterwards") {
  const temporary_directory parent;
  const std::string path = parent.path() + "/deep/data";
  {
    const auto held = data_directory::hold(path);
    REQUIRE(held.has_value());
    CHECK(mode_of(path) == 0700);
    const auto second = data_directory::hold(path);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == error_class::conflict);
    CHECK(second.error().message.find(path) != std::string::npos);
    CHECK(second.error().message.find(std::to_string(getpid())) != std::string::npos);
  }
  CHECK(data_directory::hold(path).has_value());
}

TEST_CASE("data directory: a file in its place is refused by name") {
  const temporary_directory parent;
  const std::string path = parent.path() + "/taken";
  REQUIRE(data_directory::hold(parent.path()).has_value());
  std::filesystem::copy_file(parent.path() + "/dialplane.lock", path);
  const auto held = data_directory::hold(path);
  REQUIRE_FALSE(held.has_value());
  CHECK(held.error().message.find(path) != std::string::npos);
}

TEST_CASE("control: answers and errors come back whole") {
  const temporary_directory home;
  const auto server = start_echo(home.path());
  CHECK(mode_of(control_socket_path(home.path())) == 0600);
  const json::object request{{"command", "x"}, {"text", "line\nbreak ü"}};
  const auto answer = ask_running_server(home.path(), request);
  REQUIRE(answer.has_value());
  REQUIRE(answer->has_value());
  CHECK(**answer == request);
  const auto failed = ask_running_server(home.path(), {{"fail", true}});
  REQUIRE(failed.has_value());
  REQUIRE_FALSE(failed->has_value());
  CHECK(failed->error().field == "fail");
  CHECK(failed->error().message == "It was asked to fail.");
}

TEST_CASE("control: nobody there is told apart from an error") {
  const temporary_directory home;
  CHECK_FALSE(ask_running_server(home.path(), {}).has_value());
  CHECK_FALSE(ask_running_server(home.path() + "/nowhere", {}).has_value());
  start_echo(home.path());  // ends at once
  CHECK_FALSE(ask_running_server(home.path(), {}).has_value());
}

TEST_CASE("control: a socket left by a dead process is replaced; long paths are fine") {
  const temporary_directory home;
  std::string path = home.path();
  for (int i = 0; i < 4; ++i) path += "/" + std::string(50, 'x');
  REQUIRE(std::filesystem::create_directories(path));
  std::ofstream(control_socket_path(path)) << "left over";
  const auto server = start_echo(path);
  const auto answer = ask_running_server(path, {{"a", 1}});
  REQUIRE(answer.has_value());
  CHECK(answer->has_value());
}

TEST_CASE("control: many at once are answered one after another") {
  const temporary_directory home;
  const auto server = start_echo(home.path());
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      const auto answer = ask_running_server(home.path(), {{"i", i}});
      if (answer && *answer && (**answer).at("i").to_number<int>() == i) ++right;
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(right == 8);
}
