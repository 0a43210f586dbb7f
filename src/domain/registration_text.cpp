#include "domain/registration_text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cctype>

#include "domain/legal_entity_rules.hpp"

namespace dialplane {

namespace json = boost::json;

namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool says(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_word_character(text[at - 1]) ||
                        !is_word_character(word.front());
    const bool ends =
        end == text.size() || !is_word_character(text[end]) || !is_word_character(word.back());
    if (starts && ends) return true;
  }
  return false;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return says(text, word); });
}

bool has_link(std::string_view text) {
  if (text.find("http://") != std::string_view::npos ||
      text.find("https://") != std::string_view::npos ||
      text.find("www.") != std::string_view::npos) {
    return true;
  }
  constexpr std::string_view endings[] = {".com", ".net", ".org", ".io", ".co", ".ly", ".app"};
  for (const std::string_view ending : endings) {
    const std::size_t at = text.find(ending);
    if (at == std::string_view::npos || at == 0 || !is_word_character(text[at - 1])) continue;
    const std::size_t end = at + ending.size();
    if (end == text.size() || !is_word_character(text[end])) return true;
  }
  return false;
}

bool has_phone_number(std::string_view text) {
  int digits = 0;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      if (++digits == 10) return true;
    } else if (digits > 0 && std::string_view(" ()-.").find(c) == std::string_view::npos) {
      digits = 0;
    }
  }
  return false;
}

std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#:"));
  std::string host = lower_case(url);
  if (host.starts_with("www.")) host.erase(0, 4);
  return host;
}

bool same_site(std::string_view one, std::string_view other) {
  if (one.empty() || other.empty()) return false;
  if (one.size() < other.size()) std::swap(one, other);
  if (!one.ends_with(other)) return false;
  return one.size() == other.size() || one[one.size() - other.size() - 1] == '.';
}

registration_text::registration_text(const lint_subject& of) : of_(of) {
  for (const std::string_view sample : items("messaging.message_samples")) {
    samples_.emplace_back(sample);
    lower_samples_.push_back(lower_case(sample));
  }
}

bool registration_text::is_sole_proprietor() const noexcept {
  return of_.tier == registration_tier::sole_proprietor ||
         text("entity_type") == "sole_proprietor";
}

bool registration_text::is_public_company() const noexcept {
  return text("entity_type") == "public_corporation";
}

std::string_view registration_text::text(std::string_view path) const {
  const json::value* found = find_in_record(of_.record, path);
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

std::vector<std::string_view> registration_text::items(std::string_view path) const {
  const json::value* found = find_in_record(of_.record, path);
  std::vector<std::string_view> all;
  if (found == nullptr || !found->is_array()) return all;
  for (const json::value& each : found->get_array()) {
    if (each.is_string()) all.emplace_back(each.get_string().data(), each.get_string().size());
  }
  return all;
}

bool registration_text::has_item(std::string_view path, std::string_view item) const {
  const auto all = items(path);
  return std::find(all.begin(), all.end(), item) != all.end();
}

bool registration_text::any_sample_says(std::initializer_list<std::string_view> words) const {
  return std::any_of(lower_samples_.begin(), lower_samples_.end(),
                     [&](const std::string& sample) { return says_any(sample, words); });
}

bool registration_text::any_sample_has_link() const {
  return std::any_of(lower_samples_.begin(), lower_samples_.end(),
                     [](const std::string& sample) { return has_link(sample); });
}

bool registration_text::any_sample_has_phone_number() const {
  return std::any_of(samples_.begin(), samples_.end(),
                     [](const std::string& sample) { return has_phone_number(sample); });
}

bool registration_text::has_use_case(std::string_view name) const {
  return has_item("messaging.use_cases", name);
}

}  // namespace dialplane
