// What a person means who answers STOP, START or HELP, and who says it in other words.
//
// A keyword is the whole text: trimmed, whatever its case, inner spaces collapsed, one "." or "!"
// at its end ignored. A phrase is a run of whole words anywhere in the text; it only looks like a
// revocation, so a person may look at it again. Words and phrases are data (share/sms_keywords.csv,
// share/revocation_phrases.csv). Rules: a2p-10dlc §6.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "domain/named_enum.hpp"

namespace dialplane {

enum class keyword_meaning {
  opt_out,
  opt_in,
  opt_in_again,  // means opt_in only while the person is opted out ("YES")
  help,
};
NAMED_ENUM(keyword_meaning, {keyword_meaning::opt_out, "opt_out"},
           {keyword_meaning::opt_in, "opt_in"},
           {keyword_meaning::opt_in_again, "opt_in_again"}, {keyword_meaning::help, "help"});

struct found_keyword {
  keyword_meaning meaning = keyword_meaning::opt_out;
  std::string word;  // as in the table: "STOP ALL"
};

class keyword_table {
 public:
  // invalid_input names file and line. Texts are the files' contents.
  static result<keyword_table> read(std::string_view keywords, std::string_view phrases);

  std::optional<found_keyword> find_keyword(std::string_view body) const;
  // The phrase in `body` that looks like taking back consent. Also a word that means opt_out once
  // all punctuation is left out ("stop!!!"). Asked where find_keyword found nothing.
  std::optional<std::string> find_revocation(std::string_view body) const;

 private:
  std::unordered_map<std::string, keyword_meaning> words_;  // upper case
  std::vector<std::string> phrases_;                        // " in lower case, blanks around "
};

}  // namespace dialplane
