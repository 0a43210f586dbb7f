#include "edge/rest/kept_lists.hpp"

#include <doctest/doctest.h>

#include <string>

namespace dialplane {

namespace {

bool keeps(kept_lists& lists, std::string_view key, std::uint64_t version, std::string_view text) {
  const kept_lists::text found = lists.find(key, version);
  return found && *found == text;
}

}  // namespace

TEST_CASE("a kept list is found under its key and at its version only") {
  kept_lists lists;
  CHECK(lists.find("a", 2) == nullptr);
  lists.keep("a", 2, "one");
  CHECK(keeps(lists, "a", 2, "one"));
  CHECK(lists.find("a", 4) == nullptr);
  CHECK(lists.find("a", 0) == nullptr);
  CHECK(lists.find("b", 2) == nullptr);
}

TEST_CASE("a newer rendering replaces the kept one") {
  kept_lists lists;
  lists.keep("a", 2, "one");
  const kept_lists::text held = lists.find("a", 2);
  lists.keep("a", 4, "two");
  CHECK(lists.find("a", 2) == nullptr);
  CHECK(keeps(lists, "a", 4, "two"));
  REQUIRE(held);
  CHECK(*held == "one");  // whoever is just answering with it may go on
}

TEST_CASE("kept lists stay within their bytes, and what is asked for stays longest") {
  constexpr std::size_t most = 64 * 1024;
  kept_lists lists(most);
  const std::string text(1000, 'x');
  lists.keep("favourite", 2, text);
  for (int i = 0; i < 1000; ++i) {
    lists.keep("k" + std::to_string(i), 2, text);
    CHECK(keeps(lists, "favourite", 2, text));
    CHECK(lists.bytes() <= most);
  }
  CHECK(lists.find("k0", 2) == nullptr);
  CHECK(keeps(lists, "k999", 2, text));
}

TEST_CASE("keeping the same list again and again counts it once") {
  kept_lists lists(16 * 1024);
  lists.keep("a", 2, std::string(500, 'x'));
  const std::size_t once = lists.bytes();
  for (std::uint64_t version = 4; version < 400; version += 2) {
    lists.keep("a", version, std::string(500, 'x'));
  }
  CHECK(lists.bytes() == once);
}

TEST_CASE("a list that would push out all others is not kept") {
  kept_lists lists(16 * 1024);
  lists.keep("small", 2, "text");
  lists.keep("huge", 2, std::string(10 * 1024, 'x'));
  CHECK(lists.find("huge", 2) == nullptr);
  CHECK(keeps(lists, "small", 2, "text"));
}

}  // namespace dialplane
