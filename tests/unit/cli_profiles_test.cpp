// Kept servers and keys: who may read the file, what a broken one says, and which key goes where.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "edge/cli/connection.hpp"
#include "edge/cli/profiles.hpp"
#include "support/show_results.hpp"

namespace dialplane::cli {

namespace fs = std::filesystem;

namespace {

class private_home {
 public:
  private_home() {
    std::string name = (fs::temp_directory_path() / "dialplane-cli-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~private_home() { fs::remove_all(path_); }
  private_home(const private_home&) = delete;
  private_home& operator=(const private_home&) = delete;

  named_texts variables() const { return {{"XDG_CONFIG_HOME", path_.string()}}; }
  fs::path file() const { return path_ / "dialplane" / "profiles.json"; }
  void write(const std::string& text, mode_t mode) const {
    fs::create_directories(file().parent_path());
    std::ofstream(file()) << text;
    REQUIRE(chmod(file().c_str(), mode) == 0);
  }

 private:
  fs::path path_;
};

profile_book one_profile(std::string server, std::string_view key) {
  profile_book book;
  book.current = "default";
  profile kept;
  kept.server = std::move(server);
  kept.api_key = secret_string(key);
  kept.user = "user_1";
  book.profiles.emplace("default", std::move(kept));
  return book;
}

connection connect_with(const profile_book& book, const named_texts& flags,
                        const named_texts& variables = {}) {
  auto to = find_connection({flags, {}}, variables, book);
  REQUIRE(to);
  return *std::move(to);
}

constexpr std::string_view here = "http://127.0.0.1:8080";

}  // namespace

TEST_CASE("profiles are kept for their owner only, and come back as they were") {
  const private_home home;
  auto book = load_profiles(home.variables());
  REQUIRE(book);
  CHECK(book->profiles.empty());
  profile kept;
  kept.server = "https://phones.example.com";
  kept.api_key = secret_string("nv_pk_live_x");
  book->profiles.emplace("work", std::move(kept));
  book->current = "work";
  REQUIRE(save_profiles(*book));
  struct stat facts {};
  REQUIRE(stat(home.file().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  const auto again = load_profiles(home.variables());
  REQUIRE(again);
  REQUIRE(again->find("work") != nullptr);
  CHECK(again->current == "work");
  CHECK(again->find("work")->api_key.reveal() == "nv_pk_live_x");
  CHECK_FALSE(again->find("work")->user);
  CHECK(again->find("default") == nullptr);
  CHECK_FALSE(fs::exists(home.file().string() + ".new"));
}

TEST_CASE("a file that others can read is refused, and says what helps") {
  const private_home home;
  for (const mode_t mode : {0644, 0640, 0604, 0620}) {
    home.write(R"({"current":"default","profiles":{}})", mode);
    const auto book = load_profiles(home.variables());
    REQUIRE_FALSE(book);
    CHECK(book.error().hint.find("chmod 600") != std::string::npos);
  }
  home.write(R"({"current":"default","profiles":{}})", 0600);
  CHECK(load_profiles(home.variables()));
}

TEST_CASE("a broken file is refused with its name, never taken for an empty one") {
  const private_home home;
  for (const char* text :
       {"", "{", "[]", R"({"current":"a"})", R"({"current":"a","profiles":{"a":7}})",
        R"({"current":"a","profiles":{"a":{"api_key":"k"}}})",
        R"({"current":"a","profiles":{},"more":1})"}) {
    CAPTURE(text);
    home.write(text, 0600);
    const auto book = load_profiles(home.variables());
    REQUIRE_FALSE(book);
    CHECK(book.error().message.find(home.file().string()) != std::string::npos);
  }
  home.write(std::string(70'000, ' '), 0600);
  CHECK_FALSE(load_profiles(home.variables()));
}

TEST_CASE("a profile's key goes to its own server and to no other") {
  const profile_book book = one_profile(std::string(here), "nv_pk_kept");
  const connection own = connect_with(book, {});
  CHECK(own.server == here);
  CHECK(own.key.reveal() == "nv_pk_kept");
  CHECK(own.user == "user_1");
  CHECK(own.chosen);
  for (const char* other :
       {"http://127.0.0.1:9090", "http://evil.example.com", "https://127.0.0.1:8080"}) {
    CAPTURE(other);
    for (const bool by_flag : {true, false}) {
      const named_texts flag = {{"--server", other}}, variable = {{"DIALPLANE_SERVER", other}};
      const connection to = by_flag ? connect_with(book, flag) : connect_with(book, {}, variable);
      CHECK(to.server == other);
      CHECK(to.key.empty());
      CHECK_FALSE(to.user);
      CHECK(to.profile.empty());
    }
  }
  CHECK(connect_with(book, {{"--server", "http://127.0.0.1:8080/"}}).key.reveal() == "nv_pk_kept");
}

TEST_CASE("the command line wins over the environment, the environment over the profile") {
  const profile_book book = one_profile(std::string(here), "nv_pk_kept");
  const named_texts variables = {{"DIALPLANE_SERVER", "http://b.example.com"},
                                 {"NAIVE_API_KEY", "nv_naive"}};
  CHECK(connect_with(book, {}, variables).server == "http://b.example.com");
  CHECK(connect_with(book, {{"--server", "http://a.example.com"}}, variables).server ==
        "http://a.example.com");
  CHECK(connect_with(book, {}, variables).key.reveal() == "nv_naive");
  CHECK(connect_with(book, {}, {{"NAIVE_API_KEY", "n"}, {"DIALPLANE_API_KEY", "d"}}).key.reveal() ==
        "d");
  CHECK(connect_with(book, {}, {{"DIALPLANE_API_KEY", ""}}).key.reveal() == "nv_pk_kept");
  CHECK(connect_with(book, {{"--user", "user_2"}}).user == "user_2");
  const connection nobody = connect_with(profile_book{}, {});
  CHECK(nobody.server == here);
  CHECK(nobody.key.empty());
  CHECK_FALSE(nobody.chosen);
}

TEST_CASE("a profile that is not there, or an address that is none, is said") {
  const profile_book book = one_profile(std::string(here), "k");
  for (const auto& [flags, variables] :
       {std::pair<named_texts, named_texts>{{{"--profile", "other"}}, {}},
        {{}, {{"DIALPLANE_PROFILE", "other"}}},
        {{{"--server", "phones.example.com"}}, {}},
        {{{"--server", "ftp://x"}}, {}}}) {
    CHECK_FALSE(find_connection({flags, {}}, variables, book));
  }
}

}  // namespace dialplane::cli
