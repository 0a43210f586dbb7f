#include "edge/cli/local_agent.hpp"

#include <boost/json/serialize.hpp>

#include "base/json_gate.hpp"
#include "edge/cli/table_text.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds known_for{10};
constexpr std::size_t known_max = 1'000;
constexpr json_limits answer_limits{.max_bytes = 64 * 1024};

bool says_true(const json::value& from, std::string_view path) {
  const json::value& found = value_at(from, path);
  return found.is_bool() && found.get_bool();
}

// The user whose number it is, where it is not the default one.
named_texts headers_for(const json::value& data) {
  const std::string user = text_at(data, "tenant_user_id");
  if (user.empty()) return {};
  return {{"X-Naive-User-Id", user}};
}

bool lists(const json::value& permissions, std::string_view wanted) {
  if (!permissions.is_array()) return false;
  for (const json::value& each : permissions.get_array()) {
    if (each.is_string() && each.get_string() == wanted) return true;
  }
  return false;
}

}  // namespace

result<boost::system::result<local_agent, command_error>> local_agent::find(
    api_client& api, const std::string& id) {
  using found = boost::system::result<local_agent, command_error>;
  const auto parsed = agent_id::parse(id);
  if (!parsed) return bad_field("agent", "--agent must be an agent's id.");
  const api_result told = api.ask({.target = "/v1/agents/" + parsed->prefixed()});
  if (!told) return found(error_of(told.error()));
  if (told->status != 200) return found(error_of(*told, false));
  return found(local_agent(api, *parsed));
}

bool local_agent::ask_whether_read(const std::string& phone, const followed_event& text) {
  const json::value data = text.data();
  const std::string id = percent_encoded(phone);
  const api_result links = api_->ask({.target = "/v1/phone/" + id + "/assignments",
                                      .headers = headers_for(data)});
  if (links && links->status == 200) {
    const json::value& rows = value_at(links->body, "assignments");
    for (const json::value& row : rows.is_array() ? rows.get_array() : json::array()) {
      if (agent_id::parse(text_at(row, "agent_id")) == id_ &&
          lists(value_at(row, "permissions"), "receive_sms")) {
        return true;
      }
    }
  }
  const api_result number = api_->ask({.target = "/agents/phone-numbers/" + id});
  return number && number->status == 200 &&
         agent_id::parse(text_at(number->body, "agent.id")) == id_;
}

bool local_agent::reads(const followed_event& text) {
  const std::string phone = text_at(text.data(), "phone_id");
  if (phone.empty()) return false;
  const auto now = std::chrono::steady_clock::now();
  const auto known = known_.find(phone);
  if (known != known_.end() && known->second.until > now) return known->second.is_read;
  if (known_.size() >= known_max) known_.clear();
  const bool is_read = ask_whether_read(phone, text);
  known_.insert_or_assign(phone, known_number{is_read, now + known_for});
  return is_read;
}

sent_reply local_agent::answer(const followed_event& text, const std::string& json_answer) {
  const json::value data = text.data();
  if (json_answer.empty() || says_true(data, "metadata.keyword") || says_true(data, "keyword")) {
    return {};
  }
  const auto said = parse_json_object(json_answer, answer_limits);
  const std::string body = said ? text_at(*said, "body") : std::string();
  if (body.empty()) return {};
  const std::string message = text_at(data, "message_id");
  api_request request;
  request.method = "POST";
  request.target = "/v1/phone/" + percent_encoded(text_at(data, "phone_id")) + "/sms";
  request.body = json::serialize(json::object{{"to", text_at(data, "from")}, {"body", body}});
  request.idempotency_key = "listen_" + message;
  request.headers = headers_for(data);
  const api_result told = api_->ask(request);
  if (!told) return {.status = "unknown", .message_id = {}, .problem = told.error().message};
  if (told->status >= 300) {
    const command_error why = error_of(*told, true);
    // Another answer under the same key: this text has been answered.
    if (why.code == "idempotency_conflict") return {.status = "sent before"};
    return {.status = "refused", .message_id = {}, .problem = why.message};
  }
  std::string status = text_at(told->body, "status");
  return {.status = status.empty() ? "sent" : std::move(status),
          .message_id = text_at(told->body, "id"),
          .problem = {}};
}

}  // namespace dialplane::cli
