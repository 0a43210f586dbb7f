// What is taken out of the traffic with a carrier before anybody may keep it: the one place of
// these rules.
//
// Out go: the account's credentials and whatever else looks like one; tax numbers; what texts say;
// people's names, mail and street addresses; secrets in addresses, and addresses that are neither
// the carrier's nor ours altogether. Every telephone number, whoever's, becomes an invented one of
// the same area code and form, the same number the same one throughout, so that what is left still
// fits together; credentials become stand-ins of the same shape. Rules go by the name of a field
// where it has one that says enough, else by what a text looks like. What is redacted stays as it
// is when redacted again in the same order.
//
// Never sees time, store or network. Not safe from several threads at once.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dialplane {

class wire_redaction {
 public:
  struct known {
    std::vector<std::string> secrets;  // the credentials as they are
    std::string carrier_url;           // of the carrier's API
    std::string public_url;            // ours, without a slash at the end
  };
  explicit wire_redaction(known given);

  // A text without a name, or a field of a form, a query or a header.
  std::string text(std::string_view given);
  std::string field(std::string_view name, std::string_view value);
  boost::json::value json(const boost::json::value& given);
  // An absolute address.
  std::string address(std::string_view url);

  // Stands for our public address.
  static std::string shown_public_url(std::string_view public_url);
  // Of the same shape and length, with nothing of it but a prefix such as "sk_live_".
  static std::string stand_in(std::string_view secret);

 private:
  enum class meaning { plain, secret, words, person, tax_number, telephone };
  static meaning meaning_of(std::string_view name);

  boost::json::value redacted(const boost::json::value& given, meaning what, int depth);
  std::string redacted_text(std::string_view given, meaning what, int depth);
  std::string without_secrets(std::string_view given) const;
  std::string without_addresses(std::string_view given);
  std::string without_telephones(std::string_view given, bool is_one);
  std::string invented(const std::string& digits, bool has_plus);
  bool is_carriers(std::string_view host) const;

  const known known_;
  std::vector<std::pair<std::string, std::string>> stand_ins_;  // longest first
  std::map<std::string, std::string> numbers_;                  // digits to invented digits
  std::map<std::string, int> numbers_of_area_;
  std::map<std::string, std::size_t> elsewhere_;
};

}  // namespace dialplane
