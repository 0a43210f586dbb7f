#include "carriers/wire_transcript.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "net/form_encoding.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

// What adapters send or go by, besides who they are.
constexpr std::array<std::string_view, 7> kept_headers{
    "content-type", "accept", "retry-after", "x-ratelimit-reset", "location", "idempotency-key",
    "x-request-id"};

std::string lower_case(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

std::string header_in(const std::vector<http_header>& headers, std::string_view name) {
  for (const http_header& each : headers) {
    if (lower_case(each.name) == name) return each.value;
  }
  return {};
}

struct url_parts {
  std::string origin;
  std::string path;
  std::string query;
};

url_parts split(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?", begin), url.size());
  const std::size_t question = std::min(url.find('?', path), url.size());
  url_parts parts;
  parts.origin = url.substr(0, path);
  parts.path = url.substr(path, question - path);
  if (question < url.size()) parts.query = url.substr(question + 1);
  return parts;
}

// As the other side reads it.
std::string decoded_path(const std::string& path) {
  std::string as_value;
  for (const char c : path) {
    if (c == '+') as_value += "%2B";
    else if (c == '&') as_value += "%26";
    else as_value += c;
  }
  const auto form = parse_form("p=" + as_value);
  return form ? std::string(form->text("p")) : path;
}

json::array pairs_of(wire_redaction& redaction, const form_fields& fields) {
  json::array pairs;
  for (const auto& [name, value] : fields.fields) {
    pairs.push_back(json::array{json::value(redaction.text(name)),
                                json::value(redaction.field(name, value))});
  }
  return pairs;
}

}  // namespace

wire_transcript::wire_transcript(const subject& of)
    : redaction_([&of] {
        wire_redaction::known known{.secrets = {}, .carrier_url = of.base_url,
                                    .public_url = of.public_url};
        for (const auto& [name, secret] : of.credentials) {
          known.secrets.emplace_back(secret.reveal());
        }
        return known;
      }()),
      began_(std::chrono::steady_clock::now()) {
  json::object credentials;
  for (const auto& [name, secret] : of.credentials) {
    credentials[name] = wire_redaction::stand_in(secret.reveal());
  }
  json::object options;
  for (const auto& [name, value] : of.options) {
    if (name != "base_url") options[name] = value;
  }
  add({{"transcript", 1},
       {"carrier", of.carrier},
       {"account", of.account},
       {"from", of.is_emulator ? "emulator" : "carrier"},
       {"at", to_rfc3339(of.at)},
       {"base_path", split(of.base_url).path},
       {"public_url", wire_redaction::shown_public_url(of.public_url)},
       {"installation", of.installation},
       {"credentials", std::move(credentials)},
       {"options", redaction_.json(options)}});
}

void wire_transcript::add(const json::object& line) {
  if (is_full_) return;
  std::string text = json::serialize(line);
  is_full_ = lines_.size() + 1 >= lines_max || bytes_ + text.size() > bytes_max;
  if (is_full_) text = R"({"cut":"There was more than a transcript holds."})";
  bytes_ += text.size();
  lines_.push_back(std::move(text));
}

json::object wire_transcript::headers_of(const std::vector<http_header>& headers) {
  json::object shown;
  for (const http_header& each : headers) {
    const std::string name = lower_case(each.name);
    if (std::ranges::find(kept_headers, name) == kept_headers.end()) continue;
    shown[name] = redaction_.field(name, each.value);
  }
  return shown;
}

json::value wire_transcript::body_of(const std::vector<http_header>& headers,
                                     const std::string& body) {
  if (body.empty()) return nullptr;
  const std::string type = header_in(headers, "content-type");
  if (type.starts_with("application/x-www-form-urlencoded")) {
    if (const auto form = parse_form(body, {.max_bytes = body.size(), .max_fields = 1'000})) {
      return json::object{{"form", pairs_of(redaction_, *form)}};
    }
  }
  boost::system::error_code failure;
  const json::value parsed = json::parse(body, failure);
  if (!failure) return json::object{{"json", redaction_.json(parsed)}};
  return json::object{{"text", redaction_.text(body)}};
}

json::value wire_transcript::answer_of(const wire_exchange& seen) {
  if (!seen.answer) return nullptr;
  return json::object{{"status", seen.answer->status},
                      {"headers", headers_of(seen.answer->headers)},
                      {"body", body_of(seen.answer->headers, seen.answer->body)}};
}

void wire_transcript::note(const wire_exchange& seen) {
  const std::lock_guard lock(mutex_);
  const url_parts url = split(seen.url);
  const auto since = [this](std::chrono::steady_clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at - began_).count();
  };
  std::string to = redaction_.address(url.origin);
  std::string path = redaction_.text(decoded_path(url.path));
  json::value query = json::array();
  if (const auto fields = parse_form(url.query)) query = pairs_of(redaction_, *fields);
  json::object exchange{{"at_ms", since(seen.began)},
                        {"took_ms", seen.took.count()},
                        {"to", std::move(to)},
                        {"method", seen.method},
                        {"path", std::move(path)},
                        {"query", std::move(query)},
                        {"headers", headers_of(seen.headers)},
                        {"body", body_of(seen.headers, seen.body)},
                        {"answer", answer_of(seen)}};
  if (!seen.answer) {
    exchange["failure"] = json::object{{"may_have_arrived", seen.may_have_arrived},
                                       {"detail", redaction_.text(seen.failure)}};
  }
  add({{"exchange", std::move(exchange)}});
}

void wire_transcript::note_call(std::string_view call, const json::object& asked,
                                const json::object& answered) {
  const std::lock_guard lock(mutex_);
  add({{"call", call},
       {"asked", redaction_.json(asked)},
       {"answered", redaction_.json(answered)}});
}

std::string wire_transcript::text() const {
  const std::lock_guard lock(mutex_);
  std::string all;
  for (const std::string& line : lines_) all.append(line).append("\n");
  return all;
}

}  // namespace dialplane
