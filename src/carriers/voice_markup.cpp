#include "carriers/voice_markup.hpp"

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "net/form_encoding.hpp"

namespace dialplane {

namespace {

constexpr std::size_t parameter_bytes_max = 500;
constexpr std::size_t sip_headers_bytes_max = 1'000;
constexpr std::size_t sentence_bytes_max = 3'000;

// XML 1.0 holds no control characters but three, and no bytes that are not UTF-8.
void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
  const bool is_text = is_valid_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_break = c == '\t' || c == '\n' || c == '\r';
    if (byte < 0x20 && !is_break) continue;
    if (byte == 0x7f || (!is_text && byte >= 0x80)) continue;
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\t': out += in_attribute ? "&#9;" : "\t"; break;
      case '\n': out += in_attribute ? "&#10;" : "\n"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
}

using parameters = std::vector<std::pair<std::string, std::string>>;

void write_stream(markup_writer& xml, const call_plan& plan, const voice_markup_rules& rules) {
  std::string target = plan.target;
  parameters given = plan.parameters;
  const std::size_t query = target.find('?');
  if (query != std::string::npos && !rules.stream_takes_query) {
    if (auto form = parse_form(std::string_view(target).substr(query + 1))) {
      for (auto& field : form->fields) given.push_back(std::move(field));
    }
    target.resize(query);
  }
  xml.open("Connect", {{"action", plan.next_url}});
  xml.open("Stream", {{"url", target},
                      {"bidirectionalMode", rules.names_stream_mode ? "rtp" : ""},
                      {"statusCallback", plan.status_url},
                      {"statusCallbackMethod", plan.status_url.empty() ? "" : "POST"}});
  for (const auto& [name, value] : given) {
    if (name.empty() || name.size() + value.size() >= parameter_bytes_max) continue;
    xml.open("Parameter", {{"name", name}, {"value", value}}).close();
  }
}

// Parameters become X- headers of the call, in the address's query.
std::string sip_target(const call_plan& plan) {
  std::string target = plan.target;
  std::size_t left = sip_headers_bytes_max;
  for (const auto& [name, value] : plan.parameters) {
    const std::string header = "X-" + percent_encoded(name) + "=" + percent_encoded(value);
    if (name.empty() || header.size() > left) continue;
    left -= header.size();
    target += (target.find('?') == std::string::npos ? '?' : '&') + header;
  }
  return target;
}

void write_sip(markup_writer& xml, const call_plan& plan) {
  const bool reports = !plan.status_url.empty();
  xml.open("Dial", {{"answerOnBridge", "true"},
                    {"callerId", plan.caller_id},
                    {"action", plan.next_url}});
  xml.open("Sip", {{"username", plan.sip_username},
                   {"password", plan.sip_password.reveal()},
                   {"statusCallback", plan.status_url},
                   {"statusCallbackEvent", reports ? "initiated ringing answered completed" : ""}});
  xml.text(sip_target(plan));
}

}  // namespace

markup_writer::markup_writer() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") {}

markup_writer& markup_writer::open(std::string_view element,
                                   std::initializer_list<attribute> attributes) {
  if (head_is_open_) out_ += '>';
  out_.append("<").append(element);
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    out_.append(" ").append(name).append("=\"");
    append_escaped(out_, value, true);
    out_ += '"';
  }
  head_is_open_ = true;
  open_.emplace_back(element);
  return *this;
}

markup_writer& markup_writer::text(std::string_view characters) {
  CHECK(!open_.empty());
  if (head_is_open_) out_ += '>';
  head_is_open_ = false;
  append_escaped(out_, characters, false);
  return *this;
}

markup_writer& markup_writer::close() {
  CHECK(!open_.empty());
  if (head_is_open_) {
    out_ += "/>";
  } else {
    out_.append("</").append(open_.back()).append(">");
  }
  head_is_open_ = false;
  open_.pop_back();
  return *this;
}

std::string markup_writer::take() {
  while (!open_.empty()) close();
  return std::move(out_);
}

std::string voice_markup(const call_plan& plan, const voice_markup_rules& rules) {
  markup_writer xml;
  xml.open("Response");
  const bool is_sip = plan.target.starts_with("sip:") || plan.target.starts_with("sips:");
  if (plan.action == call_action::connect_stream && plan.target.starts_with("wss://")) {
    write_stream(xml, plan, rules);
  } else if (plan.action == call_action::dial_sip && is_sip) {
    write_sip(xml, plan);
  } else {
    if (plan.action == call_action::say) {
      xml.open("Say").text(utf8_prefix(plan.sentence, sentence_bytes_max)).close();
    }
    xml.open("Hangup").close();
  }
  return xml.take();
}

}  // namespace dialplane
