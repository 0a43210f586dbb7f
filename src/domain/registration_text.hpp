// A legal entity's record, read the way registration rules ask: by dot path, in lower case where
// words are looked for. Lives as long as the subject it was made of.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/registration_linter.hpp"

namespace dialplane {

class registration_text {
 public:
  explicit registration_text(const lint_subject& of);

  const lint_subject& subject() const noexcept { return of_; }
  bool is_sole_proprietor() const noexcept;
  bool is_public_company() const noexcept;

  // Empty where the record has no such text.
  std::string_view text(std::string_view path) const;
  bool lacks(std::string_view path) const { return text(path).empty(); }
  std::vector<std::string_view> items(std::string_view path) const;
  bool has_item(std::string_view path, std::string_view item) const;

  // As entered, and in lower case.
  const std::vector<std::string>& samples() const noexcept { return samples_; }
  const std::vector<std::string>& lower_samples() const noexcept { return lower_samples_; }
  bool any_sample_says(std::initializer_list<std::string_view> words) const;
  bool any_sample_has_link() const;
  bool any_sample_has_phone_number() const;
  bool has_use_case(std::string_view name) const;

 private:
  const lint_subject& of_;
  std::vector<std::string> samples_;
  std::vector<std::string> lower_samples_;
};

std::string lower_case(std::string_view text);
// One of them as words of their own: "deal" is not in "dealer". Both in lower case.
bool says_any(std::string_view text, std::initializer_list<std::string_view> words);
// "https://", "http://", "www.", or a bare host of a well-known top-level domain.
bool has_link(std::string_view lower_text);
// Ten digits or more with nothing but the usual signs between them.
bool has_phone_number(std::string_view text);
// The host of an https URL, without "www.", in lower case.
std::string host_of(std::string_view url);
// The same, or one a part of the other: "shop.example.com" and "example.com".
bool same_site(std::string_view one_host, std::string_view other_host);

}  // namespace dialplane
