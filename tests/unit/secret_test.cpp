#include <doctest/doctest.h>

#include <sstream>
#include <type_traits>

#include "base/secret.hpp"

using namespace dialplane;

static_assert(!std::is_copy_constructible_v<secret_string>);
static_assert(!std::is_convertible_v<secret_string, std::string_view>);

TEST_CASE("a secret is shown only when revealed") {
  const secret_string secret("sk_live_0123456789");
  std::ostringstream out;
  out << secret;
  CHECK(out.str() == "***");
  CHECK(secret.reveal() == "sk_live_0123456789");
  CHECK_FALSE(secret.empty());
}

TEST_CASE("moving leaves nothing behind") {
  secret_string from("top secret");
  secret_string to(std::move(from));
  CHECK(to.reveal() == "top secret");
  CHECK(from.empty());  // NOLINT: what a moved-from secret holds is the question
  secret_string other("older");
  other = std::move(to);
  CHECK(other.reveal() == "top secret");
  CHECK(to.empty());
  const secret_string copy = other.copy();
  CHECK(same_secret(copy, "top secret"));
  CHECK_FALSE(same_secret(copy, "top secreT"));
  CHECK(secret_string().reveal() == "");
  CHECK(secret_string("").empty());
}

TEST_CASE("taking a text over wipes it") {
  std::string text = "a text longer than what a std::string keeps inside itself";
  char* const where = text.data();
  const std::size_t size = text.size();
  const secret_string secret = secret_string::taken_from(text);
  CHECK(text.empty());
  text.resize(size, 'x');  // within capacity: the same memory
  REQUIRE(text.data() == where);
  CHECK(secret.reveal().size() == size);
  CHECK(secret.reveal().starts_with("a text longer"));
}

TEST_CASE("masking never shows more than half") {
  CHECK(masked("0123456789", 4) == "***6789");
  CHECK(masked("01234567", 4) == "***4567");
  CHECK(masked("0123456", 4) == "***");
  CHECK(masked("", 4) == "***");
  CHECK(masked("0123456789", 0) == "***");
  CHECK(masked("01", 100) == "***");
}
