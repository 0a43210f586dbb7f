#include "carriers/twilio/errors.hpp"

#include <array>
#include <string_view>

namespace dialplane::twilio {

namespace {

struct meaning {
  std::int64_t code;
  error_class kind;
  error_code ours;
  std::string_view words;
};

// Errors of the carrier's reference that an adapter can meet.
constexpr auto meanings = [] {
  using enum error_class;
  return std::to_array<meaning>({
      {10001, refused, error_code::carrier_out_of_funds, "The carrier account is not active."},
      {10002, refused, error_code::carrier_refused,
       "The carrier's trial account does not offer this."},
      {code::authentication, refused, error_code::carrier_credentials_rejected,
       "The carrier does not accept the credentials."},
      {code::account_not_active, refused, error_code::carrier_out_of_funds,
       "The carrier account is suspended or out of funds."},
      {20006, refused, error_code::carrier_credentials_rejected,
       "The carrier does not let these credentials do that."},
      {code::not_found, refused, error_code::carrier_refused,
       "The carrier does not know what was asked for."},
      {code::too_many_requests, not_done, error_code::carrier_unavailable,
       "The carrier asks to slow down."},
      {21210, refused, error_code::carrier_refused, "The carrier does not let this number "
                                                    "call."},
      {21211, refused, error_code::carrier_refused, "The recipient's number is not valid."},
      {21212, refused, error_code::carrier_refused, "The sender's number is not valid."},
      {21404, refused, error_code::carrier_refused,
       "The carrier's trial account has its one number already."},
      {21408, refused, error_code::destination_not_allowed,
       "The carrier account may not send to that country."},
      {21421, refused, error_code::carrier_refused, "The carrier says the number is not "
                                                    "valid."},
      {code::number_unavailable, conflict, error_code::number_unavailable,
       "The number is not available any more."},
      {21452, conflict, error_code::number_unavailable,
       "The carrier has no number in this area code."},
      {code::recipient_stopped, refused, error_code::recipient_opted_out,
       "The recipient has asked for no more texts."},
      {21606, refused, error_code::carrier_refused,
       "The carrier account does not own the sender's number, or it cannot text."},
      {21608, refused, error_code::carrier_refused,
       "The carrier's trial account texts verified numbers only."},
      {code::queue_full, not_done, error_code::carrier_unavailable,
       "The carrier's queue of this number is full."},
      {21612, refused, error_code::carrier_refused,
       "The carrier has no way from this number to that one."},
      {21613, refused, error_code::carrier_refused, "The carrier needs an address for this "
                                                    "number."},
      {21614, refused, error_code::carrier_refused, "The recipient's number takes no texts."},
      {21615, refused, error_code::carrier_refused, "The carrier needs a local address for "
                                                    "this number."},
      {21631, refused, error_code::carrier_refused, "The carrier needs an address for this "
                                                    "number."},
      {21649, refused, error_code::carrier_refused,
       "The carrier needs documents (a regulatory bundle) for this number."},
      {code::in_another_service, conflict, error_code::conflict,
       "The number is in another messaging service at the carrier."},
      {30002, refused, error_code::carrier_out_of_funds, "The carrier account is suspended."},
  });
}();

struct reason {
  std::int64_t code;
  std::string_view words;
};

constexpr std::array reasons{
    reason{21610, "The recipient has asked for no more texts."},
    reason{30001, "The carrier's queue overflowed."},
    reason{30002, "The carrier account was suspended while the text waited."},
    reason{30003, "The recipient's telephone is switched off or out of reach."},
    reason{30004, "The recipient or their network blocks texts from this number."},
    reason{30005, "The recipient's number is not in service."},
    reason{30006, "The recipient's number is a landline or takes no texts."},
    reason{30007, "A network filtered the text as unwanted."},
    reason{30008, "The networks on the way gave no reason."},
    reason{30022, "The number's registration does not allow more texts now."},
    reason{30023, "The daily limit of texts to one network is used up."},
    reason{30032, "The toll-free number is not verified."},
    reason{30034, "The number is not on an approved campaign."},
    reason{30035, "The number's campaign is being changed."},
    reason{30036, "The text waited too long to be sent."},
    reason{30038, "A one-time code was taken out and the text was not delivered."},
};

error make(error_class kind, error_code ours, std::string_view words, std::string internal) {
  error failure{.kind = kind, .code = ours, .message = std::string(words)};
  failure.internal = std::move(internal);
  return failure;
}

}  // namespace

error error_of(int status, std::int64_t code, const std::string& message, intent what) {
  using enum error_class;
  std::string internal = "HTTP " + std::to_string(status) + ", code " + std::to_string(code) +
                         ": " + message.substr(0, 300);
  for (const meaning& one : meanings) {
    if (one.code == code) return make(one.kind, one.ours, one.words, std::move(internal));
  }
  if (status == 429) {
    return make(not_done, error_code::carrier_unavailable, "The carrier asks to slow down.",
                std::move(internal));
  }
  if (status == 401) {
    return make(refused, error_code::carrier_credentials_rejected,
                "The carrier does not accept the credentials.", std::move(internal));
  }
  if (status >= 400 && status < 500 && status != 408) {
    return make(refused, error_code::carrier_refused, "The carrier refused.",
                std::move(internal));
  }
  if (what == intent::read) {
    return make(not_done, error_code::carrier_unavailable, "The carrier is not available.",
                std::move(internal));
  }
  return make(unknown, error_code::carrier_outcome_unknown,
              "The carrier did not say what became of the request.", std::move(internal));
}

std::string words_for_text_failure(std::int64_t code) {
  for (const reason& one : reasons) {
    if (one.code == code) return std::string(one.words);
  }
  for (const meaning& one : meanings) {
    if (one.code == code) return std::string(one.words);
  }
  return "The carrier could not deliver the text.";
}

}  // namespace dialplane::twilio
