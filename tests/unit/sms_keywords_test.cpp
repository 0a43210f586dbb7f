#include "domain/sms_keywords.hpp"

#include <doctest/doctest.h>

#include "domain/rule_tables.hpp"

using namespace dialplane;

namespace {

const keyword_table& table() { return built_in_rule_tables()->keywords; }

std::string keyword_of(std::string_view body) {
  const auto found = table().find_keyword(body);
  return found ? std::string(name_of_value(found->meaning)) + " " + found->word : "none";
}

}  // namespace

TEST_CASE("keywords: the whole text, however it is written") {
  struct row {
    std::string_view body;
    std::string_view meaning;
  };
  const row rows[] = {
      {"STOP", "opt_out STOP"},
      {" stop\n", "opt_out STOP"},
      {"Stop.", "opt_out STOP"},
      {"Stop!", "opt_out STOP"},
      {"stop all", "opt_out STOP ALL"},
      {"Stop \t  All.", "opt_out STOP ALL"},
      {"opt-out", "opt_out OPT-OUT"},
      {"opt out", "opt_out OPT OUT"},
      {"OptOut", "opt_out OPTOUT"},
      {"Revoke", "opt_out REVOKE"},
      {"remove", "opt_out REMOVE"},
      {"unsubscribe", "opt_out UNSUBSCRIBE"},
      {"cancel", "opt_out CANCEL"},
      {"end", "opt_out END"},
      {"quit", "opt_out QUIT"},
      {"stopall", "opt_out STOPALL"},
      {"start", "opt_in START"},
      {"Unstop", "opt_in UNSTOP"},
      {"yes", "opt_in_again YES"},
      {"Help", "help HELP"},
      {"info.", "help INFO"},
      // No keywords: more words, other marks, nothing.
      {"please stop", "none"},
      {"stop.!", "none"},
      {"stop?", "none"},
      {"stopp", "none"},
      {"help me", "none"},
      {"yes please", "none"},
      {"", "none"},
      {" . ", "none"},
      {"!", "none"},
  };
  for (const row& each : rows) {
    INFO("body: ", std::string(each.body));
    CHECK(keyword_of(each.body) == each.meaning);
  }
}

TEST_CASE("keywords: every word of the default union is known") {
  for (const char* word : {"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT",
                           "REVOKE", "OPT OUT", "OPTOUT", "OPT-OUT", "REMOVE"}) {
    const auto found = table().find_keyword(word);
    REQUIRE(found.has_value());
    CHECK(found->meaning == keyword_meaning::opt_out);
  }
}

TEST_CASE("revocations in other words") {
  for (const char* body :
       {"please stop", "Could you please stop texting me?", "Don't text me again",
        "Don’t text me again", "TAKE ME OFF your list", "stop!!!", "(stop)", "Stop?",
        "I want to opt out of this", "unsubscribe me now", "no more messages, thanks",
        "Leave me alone", "I hereby revoke my consent.", "Por favor no más mensajes"}) {
    INFO("body: ", body);
    CHECK(table().find_revocation(body).has_value());
  }
  for (const char* body :
       {"", "Where is the bus stop?", "We stopped by yesterday", "I will stop by at five",
        "Can you unsubscribed?", "the endless quitting", "nonstop texting is fun", "yes", "start",
        "help", "do not contacts"}) {
    INFO("body: ", body);
    CHECK_FALSE(table().find_revocation(body).has_value());
  }
}

TEST_CASE("keyword tables of one's own are read strictly") {
  const std::string head = "word,meaning,source,as_of\n";
  const std::string phrases = "phrase,source,as_of\nno gracias,ours,2026\n";
  const auto own = keyword_table::read(head + "# all\nBASTA,opt_out,ours,2026\r\n", phrases);
  REQUIRE(own.has_value());
  CHECK(own->find_keyword("basta!")->word == "BASTA");
  CHECK_FALSE(own->find_keyword("stop").has_value());
  CHECK(own->find_revocation("No, gracias.") == "no gracias");
  const auto failure_of = [&](const std::string& text, const std::string& sayings) {
    const auto wrong = keyword_table::read(text, sayings);
    REQUIRE_FALSE(wrong.has_value());
    return wrong.error().message;
  };
  CHECK(failure_of(head + "STOP,out,ours,2026\n", phrases).find("line 2") != std::string::npos);
  CHECK(failure_of(head + "STOP,opt_out,ours,2026\nstop,help,x,y\n", phrases).find("line 3") !=
        std::string::npos);
  CHECK(failure_of(head + "STOP,opt_out\n", phrases).find("4 cells") != std::string::npos);
  CHECK(failure_of(head + "HELP,help,ours,2026\n", phrases).find("opt_out") != std::string::npos);
  CHECK(failure_of("word,meaning\n", phrases).find("columns") != std::string::npos);
  CHECK(failure_of("", phrases).find("columns") != std::string::npos);
  CHECK(failure_of(head + "STOP,opt_out,a,b\n", "phrase,source,as_of\n!!,a,b\n").find("line 2") !=
        std::string::npos);
}
