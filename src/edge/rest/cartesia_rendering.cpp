#include "edge/rest/cartesia_rendering.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/json_text.hpp"
#include "domain/ownership_mark.hpp"
#include "domain/provision_outcome.hpp"
#include "edge/rest/cartesia_provider_input.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

void append_agent_ref(std::string& out, const std::optional<agent_id>& id,
                      const std::optional<std::string>& name) {
  if (!id) {
    out += "null";
    return;
  }
  out.append(R"({"id":")").append(id->prefixed()).append(R"(","name":)");
  append_json_string(out, name ? std::string_view(*name) : std::string_view());
  out += '}';
}

// id to updated_at: the members every form has, without the closing brace.
void append_base(std::string& out, const number_view& view) {
  const number& row = view.row;
  out.append(R"({"id":")").append(row.id.prefixed()).append(R"(","label":)");
  append_json_or_null(out, row.label);
  out += R"(,"number":)";
  if (row.e164.empty()) {
    out += "null";
  } else {
    append_json_string(out, row.e164);
  }
  out += R"(,"agent":)";
  append_agent_ref(out, row.inbound_agent, view.inbound_agent_name);
  out.append(R"(,"created_at":")").append(to_rfc3339(row.created_at));
  out.append(R"(","updated_at":")").append(to_rfc3339(row.updated_at)).append("\"");
}

void append_pending(std::string& out, const std::optional<operation_id>& work) {
  out += R"(,"status":"pending")";
  if (work) out.append(R"(,"operation_id":")").append(work->uuid()).append("\"");
}

// Which operation buys a pending number, its mark tells.
std::optional<operation_id> operation_in_mark(std::string_view mark) {
  const auto parsed = parse_ownership_mark(mark);
  if (!parsed) return std::nullopt;
  return parsed->operation;
}

// Every number bought here has the same provider, whatever the carrier; an imported one its own.
void append_provider(std::string& out, const number& row,
                     const std::vector<carrier_account>& providers) {
  out += R"(,"provider":)";
  const auto home = std::ranges::find_if(providers, [&row](const carrier_account& one) {
    return row.imported && one.name == row.carrier;
  });
  out += home == providers.end() ? R"({"type":"cartesia"})"
                                 : json::serialize(render_number_provider(*home));
}

void append_number(std::string& out, const number_view& view,
                   const std::vector<carrier_account>& providers) {
  append_base(out, view);
  append_provider(out, view.row, providers);
  if (view.row.status == number_status::pending) {
    append_pending(out, operation_in_mark(view.row.mark));
  }
  out += '}';
}

// The base object out of an outcome, which is what was true when the operation ended.
std::string base_text_of_outcome(const provision_outcome::number_part& bought) {
  std::string out = R"({"id":")";
  out.append(bought.id.prefixed()).append(R"(","label":)");
  append_json_or_null(out, bought.label);
  out += R"(,"number":)";
  append_json_string(out, bought.e164);
  out += R"(,"agent":)";
  const std::optional<named_agent>& answering = bought.inbound_agent;
  append_agent_ref(out, answering ? std::optional(answering->id) : std::nullopt,
                   answering ? std::optional(answering->name) : std::nullopt);
  out.append(R"(,"created_at":")").append(to_rfc3339(bought.created_at));
  out.append(R"(","updated_at":")").append(to_rfc3339(bought.updated_at)).append(R"("})");
  return out;
}

void append_times(std::string& out, const agent& row) {
  out.append(R"(,"created_at":")").append(to_rfc3339(row.created_at));
  out.append(R"(","updated_at":")").append(to_rfc3339(row.updated_at)).append("\"");
}

// id, name, description, times.
void append_agent_base(std::string& out, const agent& row) {
  out.append(R"({"id":")").append(row.id.prefixed()).append(R"(","name":)");
  append_json_string(out, row.name);
  out += R"(,"description":)";
  append_json_or_null(out, row.description);
  append_times(out, row);
}

}  // namespace

std::string cartesia_number_text(const number_view& view,
                                 const std::vector<carrier_account>& providers) {
  std::string out;
  out.reserve(320);
  append_number(out, view, providers);
  return out;
}

std::string cartesia_number_page_text(const page<number_view>& numbers,
                                      const std::vector<carrier_account>& providers) {
  std::string out;
  out.reserve(64 + numbers.rows.size() * 320);
  out += R"({"data":[)";
  bool first = true;
  for (const number_view& view : numbers.rows) {
    if (!std::exchange(first, false)) out += ',';
    append_number(out, view, providers);
  }
  out.append(R"(],"has_more":)").append(numbers.has_more ? "true}" : "false}");
  return out;
}

std::string cartesia_agent_number_text(const number_view& view) {
  const number& row = view.row;
  std::string out = R"({"agent_id":")";
  out.append(row.inbound_agent ? row.inbound_agent->prefixed() : std::string());
  out += R"(","number":)";
  append_json_string(out, row.e164);
  out.append(R"(,"created_at":")").append(to_rfc3339(row.created_at));
  out.append(R"(","updated_at":")").append(to_rfc3339(row.updated_at));
  out += row.imported ? R"(","is_cartesia_managed":false})" : R"(","is_cartesia_managed":true})";
  return out;
}

rest_answer cartesia_provision_answer(const operation& ended, error_style style) {
  const auto outcome = outcome_of(ended);
  if (outcome) return {.status = 201, .body = base_text_of_outcome((*outcome)->number)};
  style.request_id = ended.request_id;
  return render_error(outcome.error(), style);
}

rest_answer cartesia_pending_answer(const number_view& view, operation_id work) {
  std::string body;
  append_base(body, view);
  append_pending(body, work);
  body += '}';
  return {.status = 202,
          .body = std::move(body),
          .headers = {{"Location", "/agents/phone-numbers/" + view.row.id.prefixed()}}};
}

error cartesia_approval_refusal(const approval& waiting) {
  error refusal = refused(error_code::approval_required,
                          "A human must approve this before it runs; the number appears by itself "
                          "then.");
  refusal.details["approval_id"] = waiting.id.uuid();
  return refusal;
}

error error_of_outcome(std::string_view outcome) {
  return failure_in(outcome).value_or(
      internal_fault("an operation that failed tells no failure"));
}

std::string cartesia_agent_text(const agent& row, const std::vector<number_view>* numbers) {
  std::string out;
  out.reserve(512);
  append_agent_base(out, row);
  out += R"(,"tts_voice":)";
  append_json_string(out, row.tts_voice);
  out += R"(,"tts_language":)";
  append_json_string(out, row.tts_language);
  out += R"(,"deployment_count":0,"has_text_to_agent_run":false)";
  if (row.webhook) out.append(R"(,"webhook_id":")").append(*row.webhook).append("\"");
  if (numbers != nullptr) {
    out += R"(,"phone_numbers":[)";
    bool first = true;
    for (const number_view& view : *numbers) {
      if (!std::exchange(first, false)) out += ',';
      out.append(R"({"id":")").append(view.row.id.prefixed()).append(R"(","number":)");
      append_json_string(out, view.row.e164);
      out += '}';
    }
    out += ']';
  }
  out += '}';
  return out;
}

std::string cartesia_version_id(const agent& row) {
  const std::string named = row.id.uuid() + ":" + std::to_string(row.version);
  const sha256_digest digest = sha256(named);
  uuid_bytes bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return "av_" + base62_text(bytes);
}

std::string cartesia_managed_agent_text(const agent& row) {
  std::string out;
  out.reserve(1024);
  append_agent_base(out, row);
  out.append(R"(,"config":)").append(json::serialize(row.config));
  const timestamp versioned_at = row.version == 1 ? row.created_at : row.updated_at;
  out.append(R"(,"version":{"id":")").append(cartesia_version_id(row));
  out.append(R"(","description":null,"created_at":")").append(to_rfc3339(versioned_at));
  out += R"(","created_by":null})";
  if (row.webhook) out.append(R"(,"event_webhook_id":")").append(*row.webhook).append("\"");
  out += '}';
  return out;
}

std::string cartesia_managed_agent_page_text(const page<agent>& agents) {
  std::string out = R"({"data":[)";
  bool first = true;
  for (const agent& row : agents.rows) {
    if (!std::exchange(first, false)) out += ',';
    append_agent_base(out, row);
    out.append(R"(,"version_id":")").append(cartesia_version_id(row)).append(R"("})");
  }
  out.append(R"(],"has_more":)").append(agents.has_more ? "true" : "false");
  out += R"(,"next_page":)";
  if (agents.has_more && !agents.rows.empty()) {
    out.append("\"").append(agents.rows.back().id.prefixed()).append("\"}");
  } else {
    out += "null}";
  }
  return out;
}

}  // namespace dialplane
