#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/crypto.hpp"
#include "base/sealing.hpp"
#include "support/show_results.hpp"
#include "support/temporary_folder.hpp"

using namespace dialplane;
using testing::temporary_folder;

namespace {

sealer::key key_of(std::uint8_t value) {
  sealer::key key;
  key.fill(value);
  return key;
}

std::string key_file(const temporary_folder& folder, const std::string& text, mode_t mode = 0600) {
  const std::string name = folder.file("key");
  std::ofstream(name) << text;
  ::chmod(name.c_str(), mode);
  return name;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("what is sealed opens again, for the same purpose only") {
  seeded_random random(1);
  const sealer box(key_of(7), random);
  for (const std::string& plain : {std::string(), std::string("123456789"),
                                   std::string("\0binary\xff", 8), std::string(100'000, 'x')}) {
    const std::string sealed = box.seal(plain, "ein");
    CHECK(sealed.size() == plain.size() + 33);
    if (plain.size() > 2) CHECK(sealed.find(plain) == std::string::npos);
    const auto opened = box.open(sealed, "ein");
    REQUIRE(opened);
    CHECK(*opened == plain);
    for (const char* purpose : {"", "EIN", "ein ", "carrier_secret"}) {
      const auto moved = box.open(sealed, purpose);
      REQUIRE_FALSE(moved);
      CHECK(moved.error().code == error_code::internal_error);
    }
  }
}

TEST_CASE("no byte of a sealed value can be changed, dropped or added") {
  seeded_random random(2);
  const sealer box(key_of(7), random);
  const std::string sealed = box.seal("123456789", "ein");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (const int bit : {1, 128}) {
      std::string altered = sealed;
      altered[at] = static_cast<char>(altered[at] ^ bit);
      CHECK_FALSE(box.open(altered, "ein"));
    }
    CHECK_FALSE(box.open(sealed.substr(0, at), "ein"));
    CHECK_FALSE(box.open(sealed.substr(at + 1), "ein"));
  }
  CHECK_FALSE(box.open(sealed + '\0', "ein"));
  CHECK(box.open(sealed, "ein"));
}

TEST_CASE("nonces differ, and the key id tells keys apart") {
  seeded_random random(3);
  const sealer box(key_of(7), random);
  const sealer other(key_of(8), random);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) CHECK(seen.insert(box.seal("same", "ein")).second);
  CHECK(box.key_id() != other.key_id());
  CHECK(box.key_id() == hex(sha256(text_of(key_of(7)))).substr(0, 8));
  const auto opened = other.open(box.seal("x", "ein"), "ein");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().internal.find("another key") != std::string::npos);
  CHECK(opened.error().message.find("key") == std::string::npos);
}

TEST_CASE("a key file is made at first start, private, and found again") {
  const temporary_folder folder;
  system_random random;
  const std::string path = folder.file("master.key");
  const auto absent = sealer::from_key_file(path, random, sealer::when_absent::refuse);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == error_code::not_configured);
  CHECK_FALSE(std::filesystem::exists(path));

  const auto made = sealer::from_key_file(path, random, sealer::when_absent::make);
  REQUIRE(made);
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(content_of(path).size() == 65);

  const auto found = sealer::from_key_file(path, random, sealer::when_absent::make);
  REQUIRE(found);
  CHECK(found->key_id() == made->key_id());
  CHECK(*found->open(made->seal("x", "p"), "p") == "x");
  // No draft is left beside it.
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a key is read as hex or base64, with white space around it") {
  const temporary_folder folder;
  system_random random;
  const std::string expected = sealer(key_of(0xab), random).key_id();
  for (const std::string& text :
       {hex(key_of(0xab)), hex(key_of(0xab)) + "\r\n", " " + base64(key_of(0xab)) + "\n"}) {
    const auto read =
        sealer::from_key_file(key_file(folder, text), random, sealer::when_absent::refuse);
    REQUIRE(read);
    CHECK(read->key_id() == expected);
  }
}

TEST_CASE("an unsafe or unusable key file is refused and left alone") {
  const temporary_folder folder;
  system_random random;
  const std::string good = hex(key_of(1));
  struct row {
    std::string text;
    mode_t mode;
  };
  const row rows[] = {
      {good, 0640},
      {good, 0604},
      {good, 0620},
      {good, 0644},
      {"", 0600},
      {good.substr(1), 0600},
      {good.substr(2), 0600},
      {good + "00", 0600},
      {good + good, 0600},
      {std::string(32, 'k'), 0600},  // 32 raw bytes are not a text form
      {std::string(64, 'g'), 0600},
      {base64(bytes_of(std::string(31, 'x'))), 0600},
      {base64(bytes_of(std::string(33, 'x'))), 0600},
      {std::string(100'000, 'a'), 0600},
  };
  for (const row& each : rows) {
    CAPTURE(each.text.substr(0, 80));
    const std::string path = key_file(folder, each.text, each.mode);
    const auto read = sealer::from_key_file(path, random, sealer::when_absent::make);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == error_code::not_configured);
    CHECK(read.error().message.find(path) != std::string::npos);
    // The error never shows what is in the file.
    CHECK(read.error().message.find(good.substr(0, 16)) == std::string::npos);
    CHECK(content_of(path) == each.text);
  }
  CHECK_FALSE(sealer::from_key_file(folder.path(), random, sealer::when_absent::make));
  CHECK_FALSE(sealer::from_key_file("/nonexistent/folder/key", random, sealer::when_absent::make));
}
