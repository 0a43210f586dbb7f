// Toll-free verification: the counterpart of a campaign for one toll-free number.
#include <array>
#include <utility>

#include "carriers/telnyx/filing_fields.hpp"
#include "carriers/telnyx/registration.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds ask_toll_free_again{600'000};
constexpr std::string_view requests_path = "/messaging_tollfree/verification/requests";

constexpr auto verification_states = std::to_array<std::pair<std::string_view, campaign_status>>({
    {"Verified", campaign_status::active},
    {"Rejected", campaign_status::rejected},
    {"Waiting For Customer", campaign_status::rejected},  // something is to be corrected
    {"Waiting For Vendor", campaign_status::in_review},
    {"Waiting For Telnyx", campaign_status::in_review},
    {"In Progress", campaign_status::in_review},
});

// Telnyx asks for the state's whole name.
constexpr auto state_names = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"AL", "Alabama"},       {"AK", "Alaska"},        {"AZ", "Arizona"},
    {"AR", "Arkansas"},      {"CA", "California"},    {"CO", "Colorado"},
    {"CT", "Connecticut"},   {"DE", "Delaware"},      {"DC", "District of Columbia"},
    {"FL", "Florida"},       {"GA", "Georgia"},       {"HI", "Hawaii"},
    {"ID", "Idaho"},         {"IL", "Illinois"},      {"IN", "Indiana"},
    {"IA", "Iowa"},          {"KS", "Kansas"},        {"KY", "Kentucky"},
    {"LA", "Louisiana"},     {"ME", "Maine"},         {"MD", "Maryland"},
    {"MA", "Massachusetts"}, {"MI", "Michigan"},      {"MN", "Minnesota"},
    {"MS", "Mississippi"},   {"MO", "Missouri"},      {"MT", "Montana"},
    {"NE", "Nebraska"},      {"NV", "Nevada"},        {"NH", "New Hampshire"},
    {"NJ", "New Jersey"},    {"NM", "New Mexico"},    {"NY", "New York"},
    {"NC", "North Carolina"}, {"ND", "North Dakota"}, {"OH", "Ohio"},
    {"OK", "Oklahoma"},      {"OR", "Oregon"},        {"PA", "Pennsylvania"},
    {"RI", "Rhode Island"},  {"SC", "South Carolina"}, {"SD", "South Dakota"},
    {"TN", "Tennessee"},     {"TX", "Texas"},         {"UT", "Utah"},
    {"VT", "Vermont"},       {"VA", "Virginia"},      {"WA", "Washington"},
    {"WV", "West Virginia"}, {"WI", "Wisconsin"},     {"WY", "Wyoming"},
});

std::string state_name(const std::string& code) {
  for (const auto& [two_letters, name] : state_names) {
    if (two_letters == code) return std::string(name);
  }
  return code;
}

constexpr auto use_cases = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"two_factor_authentication", "2FA"},
    {"account_notification", "App Notifications"},
    {"customer_care", "Customer Support"},
    {"delivery_notification", "Delivery Notifications"},
    {"fraud_alert", "Fraud Alerts"},
    {"higher_education", "Education"},
    {"marketing", "General Marketing"},
    {"polling_voting", "Voting Reminders"},
    {"public_service_announcement", "Public Service Announcement"},
    {"security_alert", "Fraud Alerts"},
});

std::string use_case_name(const std::string& use_case) {
  for (const auto& [ours, theirs] : use_cases) {
    if (ours == use_case) return std::string(theirs);
  }
  return "Customer Support";
}

std::string first_text_of(const json::object& entity, std::string_view a, std::string_view b) {
  std::string found = text_at(entity, a);
  return found.empty() ? text_at(entity, b) : found;
}

json::object request_body(const campaign_filing& filing, const std::string& webhook_url) {
  const json::object& entity = filing.entity;
  json::object body{
      {"businessName", first_text_of(entity, "registered_name", "display_name")},
      {"corporateWebsite", text_at(entity, "website")},
      {"businessAddr1", text_at(entity, "address.line1")},
      {"businessAddr2", text_at(entity, "address.line2")},
      {"businessCity", text_at(entity, "address.locality")},
      {"businessState", state_name(text_at(entity, "address.region"))},
      {"businessZip", text_at(entity, "address.postal_code")},
      {"businessContactFirstName", text_at(entity, "contact.first_name")},
      {"businessContactLastName", text_at(entity, "contact.last_name")},
      {"businessContactEmail", first_text_of(entity, "contact.email", "email")},
      {"businessContactPhone", text_at(entity, "contact.phone_number")},
      {"messageVolume", text_at(entity, "messaging.volume") == "high" ? "100,000" : "10,000"},
      {"useCase", use_case_name(filing.use_case)},
      {"useCaseSummary", text_at(entity, "messaging.description")},
      {"optInWorkflow", text_at(entity, "messaging.consent_flow")},
      // Where people agree is shown on the site: there are no pictures of it in the record.
      {"optInWorkflowImageURLs", {{{"url", text_at(entity, "website")}}}},
      {"privacyPolicyURL", text_at(entity, "messaging.privacy_policy_url")},
      {"termsAndConditionURL", text_at(entity, "messaging.terms_and_conditions_url")},
      // The one free text that comes back in lists: our mark is kept in it.
      {"additionalInformation", mark_query(filing.mark, filing.submission)},
      {"webhookUrl", webhook_url}};
  const auto samples = texts_at(entity, "messaging.message_samples");
  body["productionMessageContent"] = samples.empty() ? std::string() : samples.front();
  json::array numbers;
  if (!filing.e164.empty()) numbers.push_back(json::object{{"phoneNumber", filing.e164}});
  body["phoneNumbers"] = std::move(numbers);
  return body;
}

struct request_row {
  std::string id;
  std::string state;
  std::string reason;
  filing_mark filed;
  std::vector<std::string> numbers;
};

result<request_row> read_request(const json::object& members) {
  answer_reader read(members);
  request_row row{.id = read.required_text("id", 64),
                  .state = read.text("verificationStatus", 64),
                  .reason = words_of(members.if_contains("reason")),
                  .filed = mark_in("?" + read.text("additionalInformation", 4'096))};
  const json::array& numbers = read.list("phoneNumbers");
  TRY(read.finish());
  for (const json::value& each : numbers) {
    TRY_ASSIGN(const json::object* number, object_in(each));
    answer_reader part(*number);
    row.numbers.push_back(part.text("phoneNumber", 32));
    TRY(part.finish());
  }
  return row;
}

campaign_report to_report(const request_row& row) {
  campaign_report report;
  report.reference = std::string(toll_free_prefix) + row.id;
  report.status = row.state.empty() ? campaign_status::created : campaign_status::in_review;
  for (const auto& [word, status] : verification_states) {
    if (word == row.state) report.status = status;
  }
  report.status_detail = row.state;
  report.ask_again_after = ask_toll_free_again;
  if (report.status == campaign_status::rejected) {
    report.rejection_reason =
        row.reason.empty() ? "The carrier gave no reason (" + row.state + ")." : row.reason;
  }
  return report;
}

std::string path_of(const std::string& reference) {
  return std::string(requests_path) + "/" + reference.substr(toll_free_prefix.size());
}

class filing_request final : public flow<campaign_report> {
 public:
  filing_request(const std::shared_ptr<account>& at, campaign_filing filing,
                 carrier_done<campaign_report> done)
      : flow(at, std::move(done)), filing_(std::move(filing)) {}

  void run() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    const std::string mark = mark_query(filing_.mark, filing_.submission);
    body_ = request_body(filing_, account->report_url(mark));
    scan_list<request_row>(account,
                           {.path = std::string(requests_path),
                            .form = list_form::toll_free_records,
                            .read = &read_request,
                            .wanted = [wanted = filing_.mark](const request_row& row) {
                              return row.filed.mark == wanted;
                            },
                            .first_is_enough = true,
                            .unfiltered = true},
                           step<std::vector<request_row>>([this](std::vector<request_row> rows) {
                             if (rows.empty()) return send("POST", std::string(requests_path));
                             take(rows.front());
                           }));
  }

 private:
  void take(const request_row& row) {
    const campaign_report report = to_report(row);
    const bool is_corrected = row.filed.submission < filing_.submission;
    if (!is_corrected || report.status != campaign_status::rejected) return end(report);
    send("PATCH", std::string(requests_path) + "/" + row.id);
  }

  void send(std::string method, std::string path) {
    ask({.method = std::move(method), .path = std::move(path), .body = body_},
        [this](json::object answer) {
          const auto row = read_request(answer);
          if (!row) return end(unreadable(true, row.error().internal));
          end(to_report(*row));
        });
  }

  const campaign_filing filing_;
  json::object body_;
};

class asking_request final : public flow<request_row> {
 public:
  using flow::flow;

  void run(const std::string& reference) {
    ask_any({.path = path_of(reference)}, [this](api_answer got) {
      if (got.is_not_found()) return end(no_such_filing());
      if (got.failure) return end(*std::move(got.failure));
      auto row = read_request(got.body);
      if (!row) return end(unreadable(false, row.error().internal));
      end(*std::move(row));
    });
  }
};

class ending_request final : public flow<void> {
 public:
  using flow::flow;

  // Only a rejected one can be deleted; a verified one ends with its number.
  void run(const std::string& reference) {
    ask_any({.method = "DELETE", .path = path_of(reference)}, [this](api_answer got) {
      const bool stays = got.status == 400;
      if (got.failure && !got.is_not_found() && !stays) return end(*std::move(got.failure));
      end({});
    });
  }
};

}  // namespace

void file_toll_free(const std::shared_ptr<account>& at, campaign_filing filing,
                    carrier_done<campaign_report> done) {
  std::make_shared<filing_request>(at, std::move(filing), std::move(done))->run();
}

void ask_toll_free(const std::shared_ptr<account>& at, std::string reference,
                   carrier_done<campaign_report> done) {
  auto judge = [done = std::move(done)](result<request_row> row) mutable {
    if (!row) return done(std::move(row).error());
    done(to_report(*row));
  };
  std::make_shared<asking_request>(at, std::move(judge))->run(reference);
}

void end_toll_free(const std::shared_ptr<account>& at, std::string reference,
                   carrier_done<void> done) {
  std::make_shared<ending_request>(at, std::move(done))->run(reference);
}

void check_toll_free_number(const std::shared_ptr<account>& at, std::string reference,
                            std::string e164, carrier_done<attachment_report> done) {
  auto judge = [e164, done = std::move(done)](result<request_row> row) mutable {
    if (!row) return done(std::move(row).error());
    attachment_report report{.status = attachment_status::failed,
                             .ask_again_after = ask_toll_free_again};
    report.failure_reason = "The toll-free verification is for another number.";
    for (const std::string& each : row->numbers) {
      if (each != e164) continue;
      report.failure_reason.reset();
      const bool is_verified = to_report(*row).status == campaign_status::active;
      report.status = is_verified ? attachment_status::attached : attachment_status::pending;
    }
    done(std::move(report));
  };
  std::make_shared<asking_request>(at, std::move(judge))->run(reference);
}

}  // namespace dialplane::telnyx
