#include "carriers/twilio/signature.hpp"

#include <algorithm>
#include <map>

#include "base/crypto.hpp"
#include "carriers/standard_webhooks.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::string_view hash_parameter = "bodySHA256";

error not_the_carriers(std::string_view why) {
  error refusal = refused(error_code::unauthorized, "The signature of this webhook is not valid.");
  refusal.internal = why;
  return refusal;
}

// An address in pieces that keep every character as it was given.
struct url_pieces {
  std::string_view scheme;  // with "://"
  std::string_view host;
  std::string_view port;    // with ':', or empty
  std::string_view rest;
};

url_pieces pieces_of(std::string_view url) {
  url_pieces pieces;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return {{}, {}, {}, url};
  pieces.scheme = url.substr(0, colon + 3);
  url.remove_prefix(colon + 3);
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  pieces.host = url.substr(0, end);
  pieces.rest = url.substr(end);
  // A colon inside the brackets of an IPv6 address begins no port.
  const std::size_t bracket = pieces.host.rfind(']');
  const std::size_t port =
      pieces.host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (port != std::string_view::npos) {
    pieces.port = pieces.host.substr(port);
    pieces.host = pieces.host.substr(0, port);
  }
  return pieces;
}

std::string joined(const url_pieces& of, std::string_view port) {
  std::string text(of.scheme);
  return text.append(of.host).append(port).append(of.rest);
}

std::string with_port(const url_pieces& of) {
  const bool is_tls = of.scheme == "https://" || of.scheme == "wss://";
  return joined(of, of.port.empty() ? (is_tls ? ":443" : ":80") : of.port);
}

// Percent-encodes what an address may not hold as it is (the URL standard's sets for path and
// query), and nothing that is encoded already.
std::string percent_normalised(std::string_view url) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  bool in_query = false;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    const std::string_view escaped = in_query ? " \"<>'" : " \"<>`{}";
    if (c == '?') in_query = true;
    if (byte <= 0x20 || byte >= 0x7f || escaped.find(c) != std::string_view::npos) {
      text += '%';
      text += digits[byte >> 4];
      text += digits[byte & 15];
    } else {
      text += c;
    }
  }
  return text;
}

// As old clients wrote a query: fields of one name together, and everything escaped but letters,
// digits and - _ . ! ~ * ' ( ).
std::string with_rewritten_query(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos || query + 1 == url.size()) return std::string(url);
  const auto form = parse_form(url.substr(query + 1));
  if (!form) return std::string(url);
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const auto& [name, value] : form->fields) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& one) { return one.first == name; });
    if (group == groups.end()) group = groups.insert(groups.end(), {name, {}});
    group->second.push_back(value);
  }
  const auto escape = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      const bool stays = std::string_view("!*'()").find(c) != std::string_view::npos;
      out += stays ? std::string(1, c) : percent_encoded(std::string_view(&c, 1));
    }
    return out;
  };
  std::string out(url.substr(0, query + 1));
  for (const auto& [name, values] : groups) {
    for (const std::string& value : values) {
      if (out.back() != '?') out += '&';
      out.append(escape(name)).append("=").append(escape(value));
    }
  }
  return out;
}

bool is_form(const carrier_webhook& received) {
  const std::string* type = only_header(received, "content-type");
  return type != nullptr && type->starts_with("application/x-www-form-urlencoded");
}

std::string hash_in(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return {};
  const auto form = parse_form(url.substr(query + 1));
  return form ? std::string(form->text(hash_parameter)) : std::string();
}

}  // namespace

std::string signature_of(std::string_view token, std::string_view url, const form_fields& form) {
  auto fields = form.fields;
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  std::string text(url);
  for (const auto& [name, value] : fields) text.append(name).append(value);
  return base64(hmac_sha1(token, text));
}

bool signature_fits(std::string_view token, std::string_view signature, std::string_view url,
                    const form_fields& form) {
  const auto fits = [&](const std::string& address) {
    return constant_time_equal(signature_of(token, address, form), signature);
  };
  const url_pieces given = pieces_of(url);
  if (fits(joined(given, "")) || fits(with_port(given))) return true;
  const std::string normal = percent_normalised(url);
  const url_pieces pieces = pieces_of(normal);
  const std::string bare = joined(pieces, "");
  const std::string full = with_port(pieces);
  return fits(bare) || fits(full) || fits(with_rewritten_query(bare)) ||
         fits(with_rewritten_query(full));
}

result<void> judge_signature(const carrier_webhook& received, std::string_view token) {
  const std::string* signature = only_header(received, "x-twilio-signature");
  if (signature == nullptr) return not_the_carriers("no signature, or several");
  if (signature->size() > 64) return not_the_carriers("a strange signature");
  if (received.body.empty() || is_form(received)) {
    const auto form = parse_form(received.body);
    if (!form) return not_the_carriers("the form cannot be read");
    if (!signature_fits(token, *signature, received.url, *form)) {
      return not_the_carriers("the signature does not fit");
    }
    return {};
  }
  const std::string promised = hash_in(received.url);
  if (promised.empty()) return not_the_carriers("a body that nothing signs");
  const std::string hash = hex(sha256(received.body));
  const bool fits = signature_fits(token, *signature, received.url, {});
  if (!constant_time_equal(hash, promised) || !fits) {
    return not_the_carriers("the signature or the body's hash does not fit");
  }
  return {};
}

}  // namespace dialplane::twilio
