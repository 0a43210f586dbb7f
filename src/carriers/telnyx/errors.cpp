#include "carriers/telnyx/errors.hpp"

#include <array>
#include <optional>

#include "carriers/carrier_http.hpp"
#include "carriers/telnyx/answer_reader.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;

struct known_code {
  std::string_view code;
  error_class kind;
  error_code ours;
  std::string_view message;
};

constexpr auto known_codes = std::to_array<known_code>({
    {"10009", error_class::refused, error_code::carrier_credentials_rejected,
     "The carrier does not accept the API key of this account."},
    {"10010", error_class::refused, error_code::carrier_refused,
     "The carrier does not allow this account to do that."},
    {"10011", error_class::not_done, error_code::carrier_unavailable,
     "The carrier takes no more requests now."},
    {"10005", error_class::refused, error_code::carrier_refused,
     "The carrier knows no such thing."},
    {"10002", error_class::refused, error_code::carrier_refused,
     "The carrier does not take this telephone number."},
    {"10016", error_class::refused, error_code::carrier_refused,
     "The carrier does not take this telephone number."},
    {"10012", error_class::conflict, error_code::number_unavailable,
     "This number is not for sale any more."},
    {"20100", error_class::refused, error_code::carrier_out_of_funds,
     "The carrier account has not enough funds."},
    {opted_out_code, error_class::refused, error_code::recipient_opted_out,
     "The recipient has told the carrier to stop texts from this number."},
    {"40010", error_class::refused, error_code::compliance_pending,
     "The carrier does not yet let this number send texts: its 10DLC campaign is not ready."},
    {"40305", error_class::refused, error_code::carrier_refused,
     "The carrier does not take this sender."},
    {"40310", error_class::refused, error_code::carrier_refused,
     "The carrier does not take this recipient."},
});

struct told_failure {
  std::string code;
  std::string words;
};

told_failure told_in(const json::object& body) {
  told_failure told;
  const json::value* errors = body.if_contains("errors");
  const json::array* list = errors == nullptr ? nullptr : errors->if_array();
  if (list == nullptr || list->empty()) {
    told.words = words_of(errors != nullptr ? errors : body.if_contains("message"));
    return told;
  }
  const json::object* first = list->front().if_object();
  if (first == nullptr) {
    told.words = words_of(errors);
    return told;
  }
  answer_reader read(*first);
  told.code = read.text("code", 32, true);
  told.words = words_of(first->if_contains("detail"));
  if (told.words.empty()) told.words = words_of(first->if_contains("title"));
  return told;
}

const known_code* code_of_status(int status) {
  const auto named = [](std::string_view code) {
    for (const known_code& each : known_codes) {
      if (each.code == code) return &each;
    }
    return static_cast<const known_code*>(nullptr);
  };
  switch (status) {
    case 401: return named("10009");
    case 402: return named("20100");
    case 403: return named("10010");
    case 404: return named("10005");
    case 409: return named("10012");
    case 429: return named("10011");
    default: return nullptr;
  }
}

const known_code* find_code(std::string_view code, int status) {
  // Whatever the body says: the status alone says that nothing happened, and when to come again.
  if (status == 429) return code_of_status(status);
  for (const known_code& each : known_codes) {
    if (each.code == code && status < 500) return &each;
  }
  return code_of_status(status);
}

std::string internal_text(const http_answer& answer, const told_failure& told) {
  std::string text = "telnyx: status " + std::to_string(answer.status);
  if (!told.code.empty()) text += ", code " + told.code;
  if (!told.words.empty()) text += ", " + told.words;
  return text;
}

}  // namespace

failure_meaning meaning_of(const http_answer& answer, const json::object& body) {
  const told_failure told = told_in(body);
  std::string internal = internal_text(answer, told);
  if (const known_code* known = find_code(told.code, answer.status)) {
    error failure{.kind = known->kind, .code = known->ours, .message = std::string(known->message)};
    if (answer.status == 429) {
      const auto pause = retry_after(answer, "x-ratelimit-reset");
      if (pause) internal += ", again in " + std::to_string(pause->count()) + " ms";
    }
    failure.internal = std::move(internal);
    return {std::move(failure), told.code};
  }
  if (answer.status >= 400 && answer.status < 500) {
    error no = refused(error_code::carrier_refused, "The carrier refused the request.");
    if (!told.words.empty()) no.message = "The carrier refused the request: " + told.words;
    no.internal = std::move(internal);
    return {std::move(no), told.code};
  }
  return {outcome_unknown(error_code::carrier_outcome_unknown,
                          "The carrier did not say whether it was done.", std::move(internal)),
          told.code};
}

}  // namespace dialplane::telnyx
