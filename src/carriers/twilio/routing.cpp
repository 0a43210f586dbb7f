// Where a number's texts and calls go; and what the account says about itself.
#include <array>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/number_rows.hpp"
#include "carriers/twilio/twilio_carrier.hpp"

namespace dialplane::twilio {

namespace {

// The members that route a number, and the fields that set them.
struct routing_member {
  std::string_view member;
  std::string_view field;
};
constexpr std::array routing_members{
    routing_member{"sms_url", "SmsUrl"},
    routing_member{"sms_method", "SmsMethod"},
    routing_member{"sms_fallback_url", "SmsFallbackUrl"},
    routing_member{"sms_fallback_method", "SmsFallbackMethod"},
    routing_member{"sms_application_sid", "SmsApplicationSid"},
    routing_member{"voice_url", "VoiceUrl"},
    routing_member{"voice_method", "VoiceMethod"},
    routing_member{"voice_fallback_url", "VoiceFallbackUrl"},
    routing_member{"voice_fallback_method", "VoiceFallbackMethod"},
    routing_member{"voice_receive_mode", "VoiceReceiveMode"},
    routing_member{"status_callback", "StatusCallback"},
    routing_member{"status_callback_method", "StatusCallbackMethod"},
    // Last, and the trunk before the application: setting either clears the other.
    routing_member{"trunk_sid", "TrunkSid"},
    routing_member{"voice_application_sid", "VoiceApplicationSid"},
};

error not_ours() {
  return conflicting(error_code::number_unavailable, "The carrier account has no such number.");
}

void update_number(const std::shared_ptr<api>& through, std::string e164, form_list fields,
                   carrier_done<void> done) {
  find_number(through, std::move(e164), "",
              [through, fields = std::move(fields),
               done = std::move(done)](result<std::optional<number_row>> found) mutable {
                if (!found) return done(std::move(found).error());
                if (!*found) return done(not_ours());
                const std::string path = "/IncomingPhoneNumbers/" + (*found)->sid + ".json";
                through->post(through->core(path), std::move(fields),
                              [done = std::move(done)](result<json::object> changed) mutable {
                                if (!changed) return done(std::move(changed).error());
                                done({});
                              });
              });
}

result<form_list> fields_of(const routing_snapshot& before) {
  form_list fields;
  for (const routing_member& one : routing_members) {
    const json::value* kept = before.fields.if_contains(one.member);
    if (kept == nullptr) continue;
    if (!kept->is_null() && !kept->is_string()) {
      return bad_field(std::string(one.member), "This is no routing that was read here.");
    }
    const bool is_method = one.field.ends_with("Method") || one.field == "VoiceReceiveMode";
    std::string value = kept->is_null() ? "" : std::string(kept->get_string());
    if (is_method && value.empty()) continue;
    // One of the two is set: an empty one after it would clear it.
    const bool clears_trunk = one.field == "VoiceApplicationSid" && value.empty() &&
                              !fields.empty() && fields.back().first == "TrunkSid" &&
                              !fields.back().second.empty();
    if (!clears_trunk) fields.emplace_back(one.field, std::move(value));
  }
  return fields;
}

result<account_report> read_account(const json::object& body) {
  account_report report;
  TRY_ASSIGN(const std::string name, optional_text_in(body, "friendly_name", 256));
  TRY_ASSIGN(report.account, text_in(body, "sid", 64));
  if (!name.empty()) report.account = name + " (" + report.account + ")";
  TRY_ASSIGN(const std::string status, text_in(body, "status", 64));
  TRY_ASSIGN(const std::string type, optional_text_in(body, "type", 64));
  if (status != "active") {
    report.can_buy = false;
    report.missing.push_back("The account is " + status +
                             ": add funds or ask the carrier's support, then check again.");
  }
  if (type == "Trial") {
    report.missing.emplace_back(
        "This is a trial account: it may own one number and text verified numbers only. Upgrade "
        "it in the carrier's console.");
  }
  return report;
}

result<void> add_balance(account_report& report, const json::object& body) {
  TRY_ASSIGN(const std::string balance, text_in(body, "balance", 32));
  TRY_ASSIGN(const std::string currency, optional_text_in(body, "currency", 8));
  const auto micros = parse_micros(balance);
  if (!micros) return unreadable("balance");
  if (currency.empty() || currency == "USD") report.balance_micro_usd = *micros;
  if (*micros <= 0) {
    report.can_buy = false;
    report.missing.emplace_back("The account is out of funds: add some in the carrier's console.");
  }
  return {};
}

}  // namespace

void twilio_carrier::set_routing(std::string e164, number_routing routing,
                                 carrier_done<void> done) {
  update_number(api_, std::move(e164), routing_fields(routing), std::move(done));
}

void twilio_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  find_number(api_, std::move(e164), "",
              [done = std::move(done)](result<std::optional<number_row>> found) mutable {
                if (!found) return done(std::move(found).error());
                if (!*found) return done(not_ours());
                routing_snapshot kept;
                for (const routing_member& one : routing_members) {
                  const json::value* value = (*found)->raw.if_contains(one.member);
                  if (value == nullptr) continue;
                  if (!value->is_null() && !value->is_string()) return done(unreadable(one.member));
                  kept.fields[one.member] = *value;
                }
                done(std::move(kept));
              });
}

void twilio_carrier::restore_routing(std::string e164, routing_snapshot before,
                                     carrier_done<void> done) {
  auto fields = fields_of(before);
  if (!fields) return done(std::move(fields).error());
  update_number(api_, std::move(e164), *std::move(fields), std::move(done));
}

namespace {

// The account, its balance, and whether the API key (where there is one) is let in.
struct account_check : std::enable_shared_from_this<account_check> {
  std::shared_ptr<api> through;
  bool can_register = false;
  account_report report;
  carrier_done<account_report> done;

  void begin() {
    // A standard key alone may not ask about the account; what it may do is tried.
    if (through->settings().auth_token.empty()) {
      report.account = through->settings().account_sid;
      return try_key();
    }
    through->get_as_account(through->core(".json"),
                            [self = shared_from_this()](result<json::object> body) {
                              if (!body) return self->done(std::move(body).error());
                              self->take_account(*body);
                            });
  }

  void take_account(const json::object& body) {
    auto read = read_account(body);
    if (!read) return done(std::move(read).error());
    report = *std::move(read);
    if (!can_register) {
      report.missing.emplace_back(
          "To register companies for texting, create a primary customer profile in the carrier's "
          "trust hub and set the option primary_profile_sid.");
    }
    through->get_as_account(through->core("/Balance.json"),
                            [self = shared_from_this()](result<json::object> balance) {
                              self->take_balance(std::move(balance));
                            });
  }

  // Sub-accounts have no balance of their own, and suspended ones may not ask for it.
  void take_balance(result<json::object> balance) {
    if (balance) {
      if (auto added = add_balance(report, *balance); !added) {
        return done(std::move(added).error());
      }
    } else if (balance.error().kind != error_class::refused) {
      return done(std::move(balance).error());
    } else if (balance.error().code == error_code::carrier_out_of_funds) {
      report.can_buy = false;
    }
    const bool has_key = through->settings().user != through->settings().account_sid;
    if (!has_key || !report.can_buy) return done(std::move(report));
    try_key();
  }

  void try_key() {
    through->get(through->core("/IncomingPhoneNumbers.json?PageSize=1"),
                 [self = shared_from_this()](result<json::object> listed) {
                   if (!listed) return self->done(std::move(listed).error());
                   self->done(std::move(self->report));
                 });
  }
};

}  // namespace

void twilio_carrier::check_account(carrier_done<account_report> done) {
  auto checking = std::make_shared<account_check>();
  checking->through = api_;
  checking->can_register = !settings_.primary_profile_sid.empty();
  checking->done = std::move(done);
  checking->begin();
}

}  // namespace dialplane::twilio
