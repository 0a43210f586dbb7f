#include "domain/text_pattern.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support/show_results.hpp"

namespace dialplane {

namespace {

bool is_in(std::string_view pattern, std::string_view text) {
  const auto parsed = text_pattern::parse(pattern);
  if (!parsed) FAIL("not parsed: ", std::string(pattern));
  return parsed->is_in(text);
}

}  // namespace

TEST_CASE("text_pattern: what it finds") {
  struct example {
    const char* pattern;
    const char* text;
    bool found;
  };
  const example examples[] = {
      {"code", "your code is 1", true},
      {"code", "your cod is 1", false},
      {"\\d{6}", "code 123456.", true},
      {"\\d{6}", "code 12345 6", false},
      {"^\\d{4,6}$", "12345", true},
      {"^\\d{4,6}$", "1234567", false},
      {"^\\d{4,6}$", "a12345", false},
      {"^$", "", true},
      {"^$", "x", false},
      {"a|b", "xxb", true},
      {"^(a|bc)+d", "abcbcad", true},
      {"^(a|bc)+d", "abcbad d", false},
      {"a.c", "abc", true},
      {"a.c", "a\nc", false},
      {"colou?r", "color", true},
      {"colou?r", "colouur", false},
      {"x*y", "y", true},
      {"^x+y", "y", false},
      {"[a-f0-9]{4}", "zzbeef", true},
      {"[^a-z]", "abc", false},
      {"[^a-z]", "abC", true},
      {"[\\d-]{3}", "1-2", true},
      {"\\.", "a", false},
      {"\\.", ".", true},
      {"\\$\\(", "$(", true},
      {"(?i)CODE", "Code", true},
      {"CODE", "Code", false},
      {"(?i)[a-c]x", "BX", true},
      {"\\w+@\\w+", "to ada@harbor now", true},
      {"a\\sb", "a\tb", true},
      {"é", "café", true},
      {"a{0}b", "b", true},
      {"^a{2,}$", "aaaa", true},
      {"^a{2,}$", "a", false},
      {"^a{2}$", "aaa", false},
      {"^(ab){0,2}$", "abab", true},
      {"^(ab){0,2}$", "ababab", false},
      {"()", "x", true},
      {"a||b", "x", true},
      {"x$", "xx", true},
      {"x$", "xy", false},
  };
  for (const example& one : examples) {
    INFO("pattern ", one.pattern, " text ", one.text);
    CHECK(is_in(one.pattern, one.text) == one.found);
  }
}

TEST_CASE("text_pattern: what it refuses, naming the field") {
  for (const char* wrong :
       {"", "(", ")", "(a", "a)", "[", "[]", "[a", "*", "+a", "?", "a{", "a{2", "a{x}", "a{3,2}",
        "a{65}", "a{1,65}", "{2}", "\\", "\\1", "\\b", "\\p", "[z-a]", "[é]", "(?=a)", "(?:a)",
        "a**", "((((((((((((((((((a))))))))))))))))))", "(a{64}){64}"}) {
    INFO("pattern ", wrong);
    const auto parsed = text_pattern::parse(wrong, "pattern");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == error_code::invalid_input);
    CHECK(parsed.error().field == "pattern");
  }
  CHECK_FALSE(text_pattern::parse(std::string(257, 'a')));
  CHECK(text_pattern::parse(std::string(256, 'a')));
}

TEST_CASE("text_pattern: the worst pattern on the longest text takes no time to speak of") {
  std::string text(100'000, 'a');
  for (const char* nasty : {"(a*)*b", "(a|a)*b", "(a|aa)+$b", "a*a*a*a*a*a*a*a*b", "(.*){60}b",
                            "(a?){60}(a){60}b", "^(([a-z])+.)+[A-Z]([a-z])+$"}) {
    const auto parsed = text_pattern::parse(nasty);
    if (!parsed) continue;  // too many states is an answer, too
    const auto started = std::chrono::steady_clock::now();
    CHECK_FALSE(parsed->is_in(text));
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(2));
  }
}

TEST_CASE("text_pattern: only the beginning of a long text is looked at") {
  const std::string padding(text_pattern::max_text_bytes, ' ');
  CHECK_FALSE(is_in("code", padding + "code"));
  CHECK(is_in("code", padding.substr(4) + "code"));
}

}  // namespace dialplane
