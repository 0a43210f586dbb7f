#include "domain/sms_keywords.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "domain/rule_rows.hpp"

namespace dialplane {

namespace {

constexpr std::string_view keywords_file = "sms_keywords.csv";
constexpr std::string_view phrases_file = "revocation_phrases.csv";
constexpr std::size_t longest_keyword_bytes = 64;
constexpr std::size_t searched_bytes_max = 8 * 1024;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Upper case, blanks collapsed, one sentence mark at the end left out.
std::string as_keyword(std::string_view body) {
  std::string_view text = trim(body);
  if (text.ends_with('.') || text.ends_with('!')) text = trim(text.substr(0, text.size() - 1));
  std::string word;
  for (const char c : text) {
    if (!is_blank(c)) {
      word.push_back(upper(c));
    } else if (word.back() != ' ') {
      word.push_back(' ');
    }
  }
  return word;
}

// " lower case words, one blank between, none of the punctuation but apostrophes ".
std::string as_words(std::string_view body) {
  constexpr std::string_view curly_apostrophe = "\xE2\x80\x99";
  std::string words = " ";
  const auto gap = [&words] {
    if (words.back() != ' ') words.push_back(' ');
  };
  for (std::size_t at = 0; at < body.size(); ++at) {
    const char c = body[at];
    const bool is_letter = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
                           c == '\'' || static_cast<unsigned char>(c) >= 0x80;
    if (body.substr(at).starts_with(curly_apostrophe)) {
      words.push_back('\'');
      at += curly_apostrophe.size() - 1;
    } else if (is_letter) {
      words.push_back(lower(c));
    } else {
      gap();
    }
  }
  gap();
  return words;
}

}  // namespace

result<keyword_table> keyword_table::read(std::string_view keywords, std::string_view phrases) {
  keyword_table table;
  TRY_ASSIGN(const auto words,
             read_rule_rows(keywords_file, keywords, "word,meaning,source,as_of"));
  for (const rule_row& row : words) {
    const auto meaning = value_named<keyword_meaning>(row.cells[1]);
    const std::string word = as_keyword(row.cells[0]);
    if (!meaning || word.empty() || word.size() > longest_keyword_bytes) {
      return bad_rule(keywords_file, row,
                      "must be a word and opt_out, opt_in, opt_in_again or help.");
    }
    if (!table.words_.emplace(word, *meaning).second) {
      return bad_rule(keywords_file, row, "must name each word once.");
    }
  }
  const auto stops = [](const auto& each) { return each.second == keyword_meaning::opt_out; };
  if (std::none_of(table.words_.begin(), table.words_.end(), stops)) {
    return bad_rule(keywords_file, {}, "must have a word that means opt_out.");
  }
  TRY_ASSIGN(const auto sayings, read_rule_rows(phrases_file, phrases, "phrase,source,as_of"));
  for (const rule_row& row : sayings) {
    std::string words_of_it = as_words(row.cells[0]);
    if (words_of_it == " ") return bad_rule(phrases_file, row, "must be words.");
    table.phrases_.push_back(std::move(words_of_it));
  }
  return table;
}

std::optional<found_keyword> keyword_table::find_keyword(std::string_view body) const {
  if (trim(body).size() > 2 * longest_keyword_bytes) return std::nullopt;
  std::string word = as_keyword(body);
  const auto found = words_.find(word);
  if (found == words_.end()) return std::nullopt;
  return found_keyword{found->second, std::move(word)};
}

std::optional<std::string> keyword_table::find_revocation(std::string_view body) const {
  const std::string words = as_words(utf8_prefix(body, searched_bytes_max));
  if (words.size() <= longest_keyword_bytes) {
    const auto bare = words_.find(as_keyword(words));
    if (bare != words_.end() && bare->second == keyword_meaning::opt_out) return bare->first;
  }
  for (const std::string& phrase : phrases_) {
    if (words.find(phrase) != std::string::npos) return phrase.substr(1, phrase.size() - 2);
  }
  return std::nullopt;
}

}  // namespace dialplane
