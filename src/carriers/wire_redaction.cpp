#include "carriers/wire_redaction.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <optional>

#include "base/ascii.hpp"
#include "net/form_encoding.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr int depth_max = 40;
constexpr std::size_t secret_bytes_min = 4;
constexpr std::string_view gone = "redacted";
constexpr std::string_view gone_person = "person@example.com";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }
char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// "Phone-Number", "phone_number" and "phoneNumber" are one name.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (is_digit(c) || is_letter(c)) plain += lowered(c);
  }
  return plain;
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

template <std::size_t N>
bool has_one_of(std::string_view name, const std::array<std::string_view, N>& parts) {
  return std::ranges::any_of(parts, [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

// Where a page begins is no secret, and the next request needs it.
constexpr std::array<std::string_view, 4> page_names{"pagetoken", "nextpagetoken", "nexttoken",
                                                     "continuationtoken"};
constexpr std::array<std::string_view, 12> secret_parts{
    "password", "passwd", "secret", "token",     "apikey",    "authorization",
    "credential", "signature", "privatekey", "accesskey", "cookie", "sessionid"};
constexpr std::array<std::string_view, 5> secret_names{"key", "auth", "sig", "pin", "otp"};
constexpr std::array<std::string_view, 9> word_names{
    "body", "text", "messagebody", "messagetext", "smsbody", "mediaurl", "mediaurls", "mediaurl0",
    "attachments"};
constexpr std::array<std::string_view, 17> person_names{
    "firstname", "lastname",   "fullname", "middlename",   "birthdate", "dateofbirth",
    "dob",       "street",     "line1",    "line2",        "address1",  "address2",
    "streetaddress", "streetsecondary", "callername", "displayname1", "contactname"};
constexpr std::array<std::string_view, 10> tax_names{
    "ein",       "taxid",     "taxnumber", "ssn",
    "itin",      "vat",       "vatid",     "businessregistrationnumber",
    "registrationnumber", "einnumber"};
constexpr std::array<std::string_view, 5> telephone_parts{"phone", "mobile", "msisdn", "faxnumber",
                                                          "callerid"};
constexpr std::array<std::string_view, 6> telephone_names{"to", "from", "number", "e164", "caller",
                                                          "called"};

// A run of a text that is a telephone number: its digits, and where each stands.
struct telephone_run {
  std::size_t end = 0;
  bool has_plus = false;
  std::vector<std::size_t> places;
  std::vector<std::size_t> groups;
};

bool is_separator(char c) {
  return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
}

telephone_run read_run(std::string_view text, std::size_t begin, bool has_plus) {
  telephone_run run{.end = begin, .has_plus = has_plus, .places = {}, .groups = {}};
  std::size_t since = 0;  // separators in a row
  for (std::size_t at = begin; at < text.size() && run.places.size() < 20; ++at) {
    if (is_digit(text[at])) {
      if (run.places.empty() || since > 0) run.groups.push_back(0);
      ++run.groups.back();
      run.places.push_back(at);
      run.end = at + 1;
      since = 0;
    } else if (!is_separator(text[at]) || ++since > 2) {
      break;
    }
  }
  return run;
}

bool is_north_american(std::string_view ten) {
  return ten.size() == 10 && ten[0] >= '2' && ten[3] >= '2';
}

// `is_one`: its field says that it is a telephone number, in whatever form.
bool is_telephone(const telephone_run& run, const std::string& digits, bool is_one) {
  if (run.has_plus) return digits.size() >= 8 && digits.size() <= 15;
  if (is_one) return digits.size() >= 7 && digits.size() <= 15;
  std::vector<std::size_t> groups = run.groups;
  std::string_view ten = digits;
  if (ten.size() == 11 && ten[0] == '1') {
    ten.remove_prefix(1);
    if (groups.size() > 1 && groups.front() == 1) groups.erase(groups.begin());
    else if (groups.size() > 1) return false;
  }
  const bool in_form = groups.size() == 1 || groups == std::vector<std::size_t>{3, 3, 4} ||
                       groups == std::vector<std::size_t>{3, 7};
  return in_form && is_north_american(ten);
}

// "12-3456789" and nine digits that stand alone.
std::string without_tax_numbers(std::string_view given) {
  std::string out(given);
  for (std::size_t at = 0; at < out.size(); ++at) {
    if (!is_digit(out[at])) continue;
    const bool begins = at == 0 || (!is_word(out[at - 1]) && out[at - 1] != '-' &&
                                    out[at - 1] != '.' && out[at - 1] != '+');
    std::size_t end = at;
    while (end < out.size() && is_digit(out[end])) ++end;
    std::size_t last = end;
    const bool has_dash = end - at == 2 && end < out.size() && out[end] == '-';
    if (has_dash) {
      last = end + 1;
      while (last < out.size() && is_digit(out[last])) ++last;
    }
    const std::size_t count = has_dash ? last - at - 1 : end - at;
    const bool ends = last == out.size() || (!is_word(out[last]) && out[last] != '-');
    if (begins && ends && count == 9) {
      for (std::size_t i = at; i < last; ++i) {
        if (is_digit(out[i])) out[i] = '0';
      }
    }
    at = begins && count == 9 ? last : end;
  }
  return out;
}

std::size_t end_of_token(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_word(text[at]) || text[at] == '-' || text[at] == '.' ||
                              text[at] == '+' || text[at] == '/' || text[at] == '=')) {
    ++at;
  }
  return at;
}

bool begins_at(std::string_view text, std::size_t at, std::string_view with) {
  if (text.size() - at < with.size()) return false;
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (lowered(text[at + i]) != with[i]) return false;
  }
  return true;
}

// What looks like a credential, whoever's it is.
std::string without_tokens(std::string_view given) {
  constexpr std::array<std::string_view, 8> beginnings{
      "bearer ", "basic ", "sk_", "pk_", "rk_", "whsec_", "eyj", "xox"};
  constexpr std::size_t token_bytes_min = 12;
  std::string out;
  for (std::size_t at = 0; at < given.size();) {
    const bool begins_word = at == 0 || !is_word(given[at - 1]);
    const auto found = std::ranges::find_if(beginnings, [&](std::string_view beginning) {
      return begins_word && begins_at(given, at, beginning);
    });
    if (found != beginnings.end()) {
      const std::size_t token = at + found->size();
      const std::size_t end = end_of_token(given, token);
      const bool is_scheme = found->back() == ' ';
      if (end - (is_scheme ? token : at) >= (is_scheme ? 6 : token_bytes_min)) {
        out.append(is_scheme ? given.substr(at, found->size()) : "").append(gone);
        at = end;
        continue;
      }
    }
    out += given[at++];
  }
  return out;
}

std::string without_mail(std::string_view given) {
  const auto in_mail = [](char c) { return is_word(c) || c == '.' || c == '-' || c == '+' ||
                                           c == '%' || static_cast<unsigned char>(c) >= 0x80; };
  std::string out;
  for (std::size_t at = 0; at < given.size(); ++at) {
    if (given[at] != '@') {
      out += given[at];
      continue;
    }
    std::size_t end = at + 1;
    while (end < given.size() && in_mail(given[end])) ++end;
    std::size_t kept = out.size();
    while (kept > 0 && in_mail(out[kept - 1])) --kept;
    const bool is_mail = kept < out.size() && end > at + 1;
    if (!is_mail) {
      out += given[at];
      continue;
    }
    out.resize(kept);
    out += gone_person;
    at = end - 1;
  }
  return out;
}

struct address_parts {
  std::string_view origin;  // without whoever logs in
  std::string_view host;
  std::string_view path;
  std::string_view query;
};

std::optional<address_parts> split_address(std::string_view url, std::string& origin) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  url = url.substr(0, url.find('#'));
  const std::size_t begin = scheme + 3;
  std::size_t end = url.find_first_of("/?", begin);
  end = std::min(end, url.size());
  std::string_view authority = url.substr(begin, end - begin);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }
  origin = std::string(url.substr(0, begin)) + std::string(authority);
  for (char& c : origin) c = lowered(c);
  address_parts parts;
  parts.origin = origin;
  parts.host = std::string_view(origin).substr(begin);
  const std::size_t question = url.find('?', end);
  parts.path = url.substr(end, question == std::string_view::npos ? question : question - end);
  if (question != std::string_view::npos) parts.query = url.substr(question + 1);
  return parts;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// "twilio.com" of "api.twilio.com"; an address or a single name is itself.
std::string_view family_of(std::string_view host) {
  const bool is_name = !host.empty() && !is_digit(host.back()) && !host.starts_with('[');
  const std::size_t last = host.rfind('.');
  if (!is_name || last == std::string_view::npos || last == 0) return host;
  const std::size_t before = host.rfind('.', last - 1);
  return before == std::string_view::npos ? host : host.substr(before + 1);
}

}  // namespace

wire_redaction::wire_redaction(known given) : known_(std::move(given)) {
  for (const std::string& secret : known_.secrets) {
    if (secret.size() < secret_bytes_min) continue;
    std::string shown = stand_in(secret);
    const std::string encoded = percent_encoded(secret);
    if (encoded != secret) stand_ins_.emplace_back(encoded, percent_encoded(shown));
    stand_ins_.emplace_back(secret, std::move(shown));
  }
  std::ranges::stable_sort(stand_ins_, [](const auto& a, const auto& b) {
    return a.first.size() > b.first.size();
  });
}

std::string wire_redaction::stand_in(std::string_view secret) {
  constexpr std::size_t prefix_max = 12;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < std::min(secret.size() / 2, prefix_max); ++at) {
    if (secret[at] == '_') kept = at + 1;
    if (!is_letter(secret[at]) && secret[at] != '_') break;
  }
  // The letters of an id such as AC… say what it is.
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (kept == 0 && secret.size() >= 20 && is_capital(secret[0]) && is_capital(secret[1])) {
    kept = 2;
  }
  std::string shown(secret);
  for (std::size_t at = kept; at < shown.size(); ++at) {
    if (is_digit(shown[at])) shown[at] = '0';
    else if (is_capital(shown[at])) shown[at] = 'A';
    else if (is_letter(shown[at])) shown[at] = 'a';
    else if (static_cast<unsigned char>(shown[at]) >= 0x80) shown[at] = 'x';
  }
  // So that base64 stays base64.
  const std::size_t end = shown.find_last_not_of('=');
  if (end != std::string::npos && end + 1 < shown.size()) shown[end] = 'A';
  return shown;
}

wire_redaction::meaning wire_redaction::meaning_of(std::string_view name) {
  const std::string plain = plain_name(name);
  if (plain.empty() || is_one_of(plain, page_names)) return meaning::plain;
  if (is_one_of(plain, secret_names) || has_one_of(plain, secret_parts)) return meaning::secret;
  if (is_one_of(plain, word_names)) return meaning::words;
  if (is_one_of(plain, tax_names)) return meaning::tax_number;
  if (is_one_of(plain, person_names)) return meaning::person;
  if (is_one_of(plain, telephone_names) || has_one_of(plain, telephone_parts)) {
    return meaning::telephone;
  }
  return meaning::plain;
}

std::string wire_redaction::shown_public_url(std::string_view public_url) {
  // Whether it can be reached over TLS is what adapters look at.
  const bool is_plain = public_url.starts_with("http://");
  return is_plain ? "http://dialplane.example" : "https://dialplane.example";
}

std::string wire_redaction::text(std::string_view given) {
  return redacted_text(given, meaning::plain, 0);
}

std::string wire_redaction::field(std::string_view name, std::string_view value) {
  return redacted_text(value, meaning_of(name), 0);
}

json::value wire_redaction::json(const json::value& given) {
  return redacted(given, meaning::plain, 0);
}

json::value wire_redaction::redacted(const json::value& given, meaning what, int depth) {
  if (depth > depth_max) return json::value(gone);
  if (const json::object* members = given.if_object()) {
    json::object out;
    for (const auto& [name, value] : *members) {
      const meaning own = meaning_of(name);
      const std::string shown = redacted_text(name, meaning::plain, depth_max);
      // What is about a telephone is not all telephone numbers.
      const meaning inherited = what == meaning::telephone ? meaning::plain : what;
      out[shown] = redacted(value, own == meaning::plain ? inherited : own, depth + 1);
    }
    return out;
  }
  if (const json::array* list = given.if_array()) {
    json::array out;
    for (const json::value& each : *list) out.push_back(redacted(each, what, depth + 1));
    return out;
  }
  if (const json::string* words = given.if_string()) {
    return json::value(redacted_text(*words, what, depth));
  }
  if (!given.is_number()) return given;
  if (what == meaning::secret || what == meaning::tax_number || what == meaning::words) return 0;
  if (given.is_double()) return given;
  // A telephone number may be written as a number.
  const std::string digits = json::serialize(given);
  const bool is_long = digits.size() == 10 || digits.size() == 11 || what == meaning::telephone;
  if (!is_long || digits.starts_with('-')) return given;
  return json::parse(without_telephones(digits, what == meaning::telephone));
}

std::string wire_redaction::redacted_text(std::string_view given, meaning what, int depth) {
  if (given.empty()) return {};
  switch (what) {
    case meaning::secret: {
      // A credential of the account has its stand-in, so that requests still fit.
      const bool is_ours = std::ranges::any_of(stand_ins_, [given](const auto& one) {
        return given.find(one.first) != std::string_view::npos;
      });
      return is_ours ? without_secrets(given) : std::string(gone);
    }
    case meaning::words: return std::string(gone);
    case meaning::person: return std::string(gone);
    case meaning::tax_number: {
      std::string shown(given);
      for (char& c : shown) {
        if (is_digit(c)) c = '0';
      }
      return shown;
    }
    case meaning::plain: case meaning::telephone: break;
  }
  if (depth < depth_max && (given.front() == '{' || given.front() == '[')) {
    boost::system::error_code failure;
    const json::value inside = json::parse(given, failure);
    if (!failure) return json::serialize(redacted(inside, what, depth + 1));
  }
  std::string out = without_secrets(given);
  out = without_tokens(out);
  out = without_addresses(out);
  out = without_mail(out);
  out = without_tax_numbers(out);
  return without_telephones(out, what == meaning::telephone);
}

std::string wire_redaction::without_secrets(std::string_view given) const {
  std::string out(given);
  for (const auto& [secret, shown] : stand_ins_) {
    for (std::size_t at = out.find(secret); at != std::string::npos;
         at = out.find(secret, at + shown.size())) {
      out.replace(at, secret.size(), shown);
    }
  }
  return out;
}

std::string wire_redaction::without_addresses(std::string_view given) {
  std::string out;
  std::size_t done = 0;
  const auto end_of = [given](std::size_t at) {
    std::size_t end = std::min(given.find_first_of(" \t\r\n\"'<>\\`{}|^", at), given.size());
    // What ends a sentence is no part of it.
    while (end > at && std::string_view(".,;:!?)").find(given[end - 1]) != std::string_view::npos) {
      --end;
    }
    return end;
  };
  for (std::size_t at = 0; at < given.size(); ++at) {
    const bool begins = at == 0 || !is_word(given[at - 1]);
    if (begins && (begins_at(given, at, "sip:") || begins_at(given, at, "sips:"))) {
      out.append(given.substr(done, at - done)).append("sip:").append(gone_person);
      done = std::max(end_of(at), at + 4);
      at = done - 1;
      continue;
    }
    if (!begins_at(given, at, "://")) continue;
    std::size_t scheme = at;
    while (scheme > done && is_letter(given[scheme - 1])) --scheme;
    if (scheme == at) continue;
    out.append(given.substr(done, scheme - done));
    done = std::max(end_of(at), at + 3);
    out.append(address(given.substr(scheme, done - scheme)));
    at = done - 1;
  }
  return out.append(given.substr(std::min(done, given.size())));
}

bool wire_redaction::is_carriers(std::string_view host) const {
  std::string origin;
  const auto known = split_address(known_.carrier_url, origin);
  if (!known || host.empty()) return false;
  return host == known->host ||
         family_of(without_port(host)) == family_of(without_port(known->host));
}

std::string wire_redaction::address(std::string_view url) {
  std::string origin;
  const auto parts = split_address(url, origin);
  if (!parts) return text(url);
  std::string ours_origin;
  const auto ours = split_address(known_.public_url, ours_origin);
  std::string shown;
  if (ours && parts->origin == ours->origin) {
    shown = shown_public_url(known_.public_url);
  } else if (is_carriers(parts->host)) {
    shown = origin;
  } else {
    const auto at = elsewhere_.emplace(url, elsewhere_.size() + 1).first;
    return "https://elsewhere.example/" + std::to_string(at->second);
  }
  shown += redacted_text(parts->path, meaning::plain, depth_max);
  if (parts->query.empty()) return shown;
  const auto query = parse_form(parts->query);
  if (!query) return shown + "?" + std::string(gone);
  form_fields fields;
  for (const auto& [name, value] : query->fields) fields.add(name, field(name, value));
  return shown + "?" + form_text(fields);
}

std::string wire_redaction::without_telephones(std::string_view given, bool is_one) {
  std::string out(given);
  for (std::size_t at = 0; at < given.size();) {
    const bool encoded_plus = begins_at(given, at, "%2b");
    const bool has_plus = given[at] == '+' || encoded_plus;
    const bool begins = has_plus || is_digit(given[at]) || given[at] == '(';
    const bool inside = at > 0 && is_word(given[at - 1]) && !has_plus;
    if (!begins || inside) {
      ++at;
      continue;
    }
    const std::size_t first = at + (encoded_plus ? 3 : has_plus ? 1 : 0);
    telephone_run run = read_run(given, first, has_plus);
    // Behind a dash only what stands in one piece: ids are written with dashes.
    const bool behind_dash = at > 0 && (given[at - 1] == '-' || given[at - 1] == '.');
    std::string digits;
    for (const std::size_t place : run.places) digits += given[place];
    const char next = run.end < given.size() ? given[run.end] : ' ';
    const bool ends = !is_word(next) && next != ':';
    const bool in_one = run.groups.size() == 1;
    if (ends && (!behind_dash || in_one || has_plus) && is_telephone(run, digits, is_one)) {
      const std::string shown = invented(digits, has_plus);
      for (std::size_t i = 0; i < run.places.size(); ++i) out[run.places[i]] = shown[i];
      at = run.end;
      continue;
    }
    // The next run begins behind the first piece of this one.
    at = first;
    while (at < given.size() && is_digit(given[at])) ++at;
    if (at == first && !has_plus) ++at;
  }
  return out;
}

// North American numbers keep their area code and get 555-01xx behind it, which nobody has.
std::string wire_redaction::invented(const std::string& digits, bool has_plus) {
  const bool is_long = digits.size() == 11 && digits[0] == '1';
  const std::string ten = is_long ? digits.substr(1) : digits;
  const bool is_local = (is_long || !has_plus) && ten.size() == 10;
  const std::string area = is_local ? ten.substr(0, 3) : digits.substr(0, 2);
  const auto known = numbers_.find(is_local ? ten : digits);
  std::string shown;
  if (known != numbers_.end()) {
    shown = known->second;
  } else if (is_local) {
    std::string line = std::to_string(100 + numbers_of_area_[area]++);
    line = line.substr(line.size() > 4 ? line.size() - 4 : 0);
    shown = area + "555" + std::string(4 - line.size(), '0') + line;
    numbers_[ten] = shown;
  } else {
    std::string line = std::to_string(100 + numbers_of_area_["+" + area]++);
    const std::size_t room = digits.size() - area.size();
    if (line.size() > room) line.resize(room);
    shown = area + std::string(room - line.size(), '9') + line;
    numbers_[digits] = shown;
  }
  return is_local && is_long ? "1" + shown : shown;
}

}  // namespace dialplane
