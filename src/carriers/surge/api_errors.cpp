#include "carriers/surge/api_errors.hpp"

#include <array>
#include <optional>

#include "carriers/surge/wire_reading.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t nesting_max = 4;

struct meaning {
  std::string_view type;
  error_class kind;
  error_code code;
  std::string_view message;
};

constexpr error_class never = error_class::refused;
constexpr error_class changed = error_class::conflict;

// The table of the API's error types. Types that are not here: by status alone.
constexpr std::array<meaning, 20> meanings = {{
    {"bad_request", never, error_code::carrier_refused, "Surge could not read the request."},
    {"missing_api_key", never, error_code::carrier_credentials_rejected,
     "Surge does not accept the API key."},
    {"invalid_api_key", never, error_code::carrier_credentials_rejected,
     "Surge does not accept the API key."},
    {"demo_api_key", never, error_code::carrier_credentials_rejected,
     "A demo API key cannot do this: the account needs a live one."},
    // It does not say why; what it calls for is the same as without funds.
    {"platform_locked", never, error_code::carrier_out_of_funds,
     "Surge has locked this project, as for a payment that is due; its support says why."},
    {"demo_message_limit", never, error_code::carrier_out_of_funds,
     "The demo project's free messages are used up."},
    {"not_found", never, error_code::resource_not_found, "Surge knows no such thing."},
    {"account_not_found", never, error_code::resource_not_found,
     "Surge knows no such account."},
    {"account_archived", never, error_code::carrier_refused,
     "The Surge account is archived."},
    {"validation_error", never, error_code::carrier_refused,
     "Surge does not accept a value of the request."},
    {"invalid_pagination", never, error_code::invalid_input,
     "The list cannot go on from there."},
    {"account_not_ready", never, error_code::carrier_refused,
     "The company is not registered at Surge yet."},
    {"accounts_limit_exceeded", never, error_code::carrier_refused,
     "The Surge project may hold no more accounts."},
    {"link_size_limit", never, error_code::carrier_refused,
     "A link in the text is too long for Surge."},
    {"opted_out", never, error_code::recipient_opted_out,
     "The recipient has opted out of texts."},
    {"campaign_locked", changed, error_code::conflict,
     "The campaign cannot be changed in its present state."},
    {"no_phone_number", never, error_code::carrier_refused,
     "The Surge account has no number to send from."},
    {"phone_number_not_found", never, error_code::resource_not_found,
     "Surge knows no such number in this account."},
    {"no_matching_numbers", changed, error_code::number_unavailable,
     "The number is not for sale any more."},
    {"phone_number_limit", never, error_code::carrier_refused,
     "The Surge plan allows no more numbers."},
}};

const meaning* meaning_of(std::string_view type) noexcept {
  for (const meaning& each : meanings) {
    if (each.type == type) return &each;
  }
  return nullptr;
}

error made(error_class kind, error_code code, std::string_view message, std::string internal) {
  error failure = refused(code, std::string(message));
  failure.kind = kind;
  failure.internal = std::move(internal);
  return failure;
}

error happened_or_not(call_effect effect, std::string internal) {
  if (effect == call_effect::reads) {
    return not_done(error_code::carrier_unavailable, "The carrier cannot be asked now.",
                    std::move(internal));
  }
  return outcome_unknown(error_code::carrier_outcome_unknown,
                         "The carrier did not say whether it was done.", std::move(internal));
}

error by_status(int status, bool has_type, call_effect effect, std::string internal) {
  switch (status) {
    case 401:
      return made(never, error_code::carrier_credentials_rejected,
                  "Surge does not accept the API key.", std::move(internal));
    case 402:
      return made(never, error_code::carrier_out_of_funds,
                  "The Surge project has no funds.", std::move(internal));
    case 409:
      return made(changed, error_code::conflict, "Surge has something else there by now.",
                  std::move(internal));
    case 429:
      return not_done(error_code::carrier_unavailable,
                      "Surge asks us to wait: too many requests.", std::move(internal));
    default: break;
  }
  const bool a_refusal = status >= 400 && status < 500 && status != 408;
  const bool believable = has_type || status == 403 || status == 410 || status == 413;
  if (a_refusal && believable) {
    return made(never, error_code::carrier_refused, "Surge refused the request.",
                std::move(internal));
  }
  return happened_or_not(effect, std::move(internal));
}

// {"organization": {"address": ["is missing"]}} and {"organization.address": ["is missing"]}.
void read_detail(const json::object& detail, const std::string& path, std::size_t depth,
                 api_failure& into) {
  for (const json::key_value_pair& member : detail) {
    if (into.fields.size() >= wrong_fields_max || member.key().size() > word_bytes_max) return;
    const std::string name = path.empty() ? std::string(member.key())
                                          : path + "." + std::string(member.key());
    const json::value& told = member.value();
    if (told.is_object() && depth < nesting_max) {
      read_detail(told.get_object(), name, depth + 1, into);
      continue;
    }
    const json::value* first = &told;
    if (told.is_array() && !told.get_array().empty()) first = &told.get_array().front();
    into.fields.push_back(name);
    const bool says = first->is_string() && first->get_string().size() <= text_bytes_max;
    into.complaints.push_back(says ? std::string(first->get_string()) : std::string());
  }
}

// What is readable of the error body; nothing else is trusted to be there.
std::string read_error(const http_answer& answer, api_failure& into) {
  const auto body = parse_answer(answer.body, answer.body.size() + 1);
  if (!body || answer.cut) return {};
  const auto inner = optional_object_in(*body, "error");
  if (!inner || *inner == nullptr) return {};
  if (auto type = optional_text_in(**inner, "type", word_bytes_max)) into.type = *std::move(type);
  const auto detail = optional_object_in(**inner, "detail");
  if (detail && *detail != nullptr) read_detail(**detail, "", 1, into);
  const auto message = optional_text_in(**inner, "message", text_bytes_max);
  return message ? *message : std::string();
}

}  // namespace

api_failure failure_of(const http_answer& answer, call_effect effect) {
  api_failure failure{.what = refused(error_code::carrier_refused, ""), .status = answer.status};
  const std::string told = read_error(answer, failure);
  std::string internal = "status " + std::to_string(answer.status) + " " + failure.type;
  if (!told.empty()) internal += ": " + told;
  for (const std::string& field : failure.fields) internal += " [" + field + "]";
  const bool final_status = answer.status >= 400 && answer.status < 500 && answer.status != 429;
  const meaning* known = final_status ? meaning_of(failure.type) : nullptr;
  failure.what = known != nullptr
                     ? made(known->kind, known->code, known->message, std::move(internal))
                     : by_status(answer.status, !failure.type.empty(), effect,
                                 std::move(internal));
  return failure;
}

api_failure failure_of(error transport, call_effect effect) {
  if (effect == call_effect::reads && transport.kind == error_class::unknown) {
    std::string internal = describe(transport);
    return {.what = happened_or_not(effect, std::move(internal))};
  }
  return {.what = std::move(transport)};
}

error strange_answer(std::string_view why, call_effect effect) {
  return happened_or_not(effect, "a strange answer: " + std::string(why));
}

}  // namespace dialplane::surge
