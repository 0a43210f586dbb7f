#include <array>
#include <utility>

#include "carriers/telnyx/filing_fields.hpp"
#include "carriers/telnyx/numbers.hpp"
#include "carriers/telnyx/registration.hpp"
#include "carriers/telnyx/scan.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds ask_campaign_again{60'000};
constexpr milliseconds ask_attachment_again{15'000};

// Only MNO_PROVISIONED sends: submitted, or accepted by one of several, is not ready.
constexpr auto campaign_states = std::to_array<std::pair<std::string_view, campaign_status>>({
    {"TCR_PENDING", campaign_status::created},
    {"TCR_ACCEPTED", campaign_status::in_review},
    {"TCR_FAILED", campaign_status::rejected},
    {"TCR_SUSPENDED", campaign_status::suspended},
    {"TCR_EXPIRED", campaign_status::expired},
    {"TELNYX_ACCEPTED", campaign_status::in_review},
    {"TELNYX_FAILED", campaign_status::rejected},
    {"MNO_PENDING", campaign_status::in_review},
    {"MNO_ACCEPTED", campaign_status::in_review},
    {"MNO_REJECTED", campaign_status::rejected},
    {"MNO_PROVISIONED", campaign_status::active},
    {"MNO_PROVISIONING_FAILED", campaign_status::rejected},
});

struct campaign_row {
  std::string id;
  std::string state;          // campaignStatus
  std::string reference_id;   // ours, where the list shows it
  std::string reason;
  filing_mark filed;
};

result<campaign_row> read_campaign(const json::object& members) {
  answer_reader read(members);
  campaign_row row{.id = read.required_text("campaignId", 64),
                   .state = read.text("campaignStatus", 64),
                   .reference_id = read.text("referenceId", 128),
                   .reason = words_of(members.if_contains("failureReasons")),
                   .filed = mark_in(read.text("webhookURL", 4'096))};
  if (row.state.empty() && read.text("submissionStatus", 64) == "FAILED") row.state = "TCR_FAILED";
  if (row.state.empty() && read.text("status", 64) == "EXPIRED") row.state = "TCR_EXPIRED";
  TRY(read.finish());
  return row;
}

campaign_report to_report(const campaign_row& row) {
  campaign_report report;
  report.reference = row.id;
  // A word that nobody has told us of: still being looked at, and never ready.
  report.status = row.state.empty() ? campaign_status::created : campaign_status::in_review;
  for (const auto& [word, status] : campaign_states) {
    if (word == row.state) report.status = status;
  }
  report.status_detail = row.state;
  report.ask_again_after = ask_campaign_again;
  const bool needs_reason = report.status == campaign_status::rejected ||
                            report.status == campaign_status::suspended;
  if (needs_reason) {
    report.rejection_reason =
        row.reason.empty() ? "The carrier gave no reason (" + row.state + ")." : row.reason;
  }
  return report;
}

class campaign_flow : public flow<campaign_report> {
 public:
  using flow::flow;

  void read_and_report(const std::string& id) {
    ask_any({.path = "/10dlc/campaign/" + id}, [this](api_answer got) {
      if (got.is_not_found()) return end(no_such_filing());
      if (got.failure) return end(*std::move(got.failure));
      const auto row = read_campaign(got.body);
      if (!row) return end(unreadable(false, row.error().internal));
      end(to_report(*row));
    });
  }
};

class filing_campaign final : public campaign_flow {
 public:
  filing_campaign(const std::shared_ptr<account>& at, campaign_filing filing,
                  carrier_done<campaign_report> done)
      : campaign_flow(at, std::move(done)), filing_(std::move(filing)) {}

  void run() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    url_ = account->report_url(mark_query(filing_.mark, filing_.submission));
    // Every campaign of the brand is looked at: a resubmission may be a filing of its own.
    scan_list<campaign_row>(
        account,
        {.path = "/10dlc/campaign?" + query_part("brandId", filing_.brand_reference),
         .form = list_form::records,
         .read = &read_campaign,
         .wanted =
             [mark = filing_.mark](const campaign_row& row) {
               return row.filed.mark == mark || row.reference_id == mark ||
                      row.reference_id.starts_with(mark + "-");
             },
         .unfiltered = true},
        step<std::vector<campaign_row>>([this](std::vector<campaign_row> rows) { take(rows); }));
  }

 private:
  void take(const std::vector<campaign_row>& rows) {
    const campaign_row* latest = nullptr;
    for (const campaign_row& row : rows) {
      if (latest == nullptr || row.filed.submission > latest->filed.submission) latest = &row;
    }
    if (latest == nullptr) return check_use_case();
    const campaign_report report = to_report(*latest);
    const bool is_corrected = latest->filed.submission < filing_.submission;
    if (!is_corrected || report.status != campaign_status::rejected) return end(report);
    // Refused by the registry itself: nothing was made there that could be appealed for.
    if (latest->state == "TCR_FAILED") return check_use_case();
    appeal(latest->id);
  }

  // Telnyx asks to qualify first: it tells the networks' rules before money is spent.
  void check_use_case() {
    ask({.path = "/10dlc/campaignBuilder/brand/" + filing_.brand_reference + "/usecase/" +
                 percent_encoded(use_case_word(filing_.use_case))},
        [this](json::object) { create(); });
  }

  void create() {
    const std::string reference =
        filing_.submission == 1 ? filing_.mark
                                : filing_.mark + "-" + std::to_string(filing_.submission);
    ask_any({.method = "POST",
             .path = "/10dlc/campaignBuilder",
             .body = campaign_body(filing_, reference, url_)},
            [this](api_answer got) {
              if (got.is_duplicate()) {
                return end(not_done(error_code::carrier_unavailable,
                                    "The carrier has this campaign and does not show it yet.",
                                    "telnyx: referenceId is taken"));
              }
              if (got.failure) return end(*std::move(got.failure));
              const auto row = read_campaign(got.body);
              if (!row) return end(unreadable(true, row.error().internal));
              end(to_report(*row));
            });
  }

  void appeal(const std::string& id) {
    ask({.method = "PUT",
         .path = "/10dlc/campaign/" + id,
         .body = campaign_changes(filing_, url_)},
        [this, id](json::object) {
          ask({.method = "POST",
               .path = "/10dlc/campaign/" + id + "/appeal",
               .body = json::object{{"appeal_reason",
                                     "The campaign was corrected; please review it again."}}},
              [this, id](json::object) { read_and_report(id); });
        });
  }

  const campaign_filing filing_;
  std::string url_;
};

// ---- numbers on campaigns ---------------------------------------------------------------------

struct assignment {
  std::string campaign;
  std::string status;
  std::string reason;
};

result<assignment> read_assignment(const json::object& members) {
  answer_reader read(members);
  assignment found{.campaign = read.text("campaignId", 64),
                   .status = read.text("assignmentStatus", 64),
                   .reason = words_of(members.if_contains("failureReasons"))};
  TRY(read.finish());
  return found;
}

std::string assignment_path(const std::string& e164) {
  return "/10dlc/phone_number_campaigns/" + percent_encoded(e164);
}

class attaching final : public flow<void> {
 public:
  attaching(const std::shared_ptr<account>& at, std::string campaign, std::string e164,
            carrier_done<void> done)
      : flow(at, std::move(done)), campaign_(std::move(campaign)), e164_(std::move(e164)) {}

  void run() {
    ask_any({.path = "/10dlc/campaign/" + campaign_}, [this](api_answer got) {
      if (got.is_not_found()) return end(no_such_filing());
      if (got.failure) return end(*std::move(got.failure));
      find_by_number(at(), e164_, step<std::vector<number_row>>([this](auto rows) {
                       if (rows.empty()) return end(not_our_number());
                       look_at_assignment();
                     }));
    });
  }

 private:
  void look_at_assignment() {
    ask_any({.path = assignment_path(e164_)}, [this](api_answer got) {
      if (got.is_not_found()) return assign("POST", "/10dlc/phone_number_campaigns");
      if (got.failure) return end(*std::move(got.failure));
      const auto now = read_assignment(got.body);
      if (!now) return end(unreadable(false, now.error().internal));
      const bool is_done = now->campaign == campaign_ &&
                           (now->status == "ASSIGNED" || now->status == "PENDING_ASSIGNMENT");
      if (is_done) return end({});
      assign("PUT", assignment_path(e164_));
    });
  }

  void assign(std::string method, std::string path) {
    ask_any({.method = std::move(method),
             .path = std::move(path),
             .body = json::object{{"phoneNumber", e164_}, {"campaignId", campaign_}}},
            [this](api_answer got) {
              if (got.is_duplicate()) return end({});  // by another call of ours, just now
              if (got.failure) return end(*std::move(got.failure));
              end({});
            });
  }

  const std::string campaign_;
  const std::string e164_;
};

class asking_attachment final : public flow<attachment_report> {
 public:
  using flow::flow;

  void run(const std::string& campaign, const std::string& e164) {
    ask_any({.path = assignment_path(e164)}, [this, campaign](api_answer got) {
      attachment_report report{.status = attachment_status::failed,
                               .ask_again_after = ask_attachment_again};
      if (got.failure && !got.is_not_found()) return end(*std::move(got.failure));
      if (got.failure) {
        report.failure_reason = "The number is not on this campaign.";
        return end(std::move(report));
      }
      const auto now = read_assignment(got.body);
      if (!now) return end(unreadable(false, now.error().internal));
      if (now->campaign != campaign) {
        report.failure_reason = "The number is on another campaign.";
      } else if (now->status == "ASSIGNED") {
        report.status = attachment_status::attached;
      } else if (now->status == "PENDING_ASSIGNMENT") {
        report.status = attachment_status::pending;
      } else {
        report.failure_reason = now->reason.empty() ? now->status : now->reason;
      }
      end(std::move(report));
    });
  }
};

class ending_campaign final : public flow<void> {
 public:
  using flow::flow;

  void run(const std::string& id) {
    ask_any({.method = "DELETE", .path = "/10dlc/campaign/" + id}, [this](api_answer got) {
      if (got.failure && !got.is_not_found()) return end(*std::move(got.failure));
      end({});
    });
  }
};

bool is_toll_free(std::string_view reference) { return reference.starts_with(toll_free_prefix); }

}  // namespace

void file_campaign_at(const std::shared_ptr<account>& at, campaign_filing filing,
                      carrier_done<campaign_report> done) {
  if (filing.kind == campaign_kind::toll_free_verification) {
    return file_toll_free(at, std::move(filing), std::move(done));
  }
  if (!is_reference(filing.brand_reference)) return done(no_such_filing());
  std::make_shared<filing_campaign>(at, std::move(filing), std::move(done))->run();
}

void ask_campaign(const std::shared_ptr<account>& at, std::string reference,
                  carrier_done<campaign_report> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  if (is_toll_free(reference)) return ask_toll_free(at, std::move(reference), std::move(done));
  std::make_shared<campaign_flow>(at, std::move(done))->read_and_report(reference);
}

void end_campaign_at(const std::shared_ptr<account>& at, std::string reference,
                     carrier_done<void> done) {
  if (!is_reference(reference)) return done({});
  if (is_toll_free(reference)) return end_toll_free(at, std::move(reference), std::move(done));
  std::make_shared<ending_campaign>(at, std::move(done))->run(reference);
}

void attach_to_campaign(const std::shared_ptr<account>& at, std::string reference,
                        std::string e164, carrier_done<void> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  if (is_toll_free(reference)) {
    auto judge = [done = std::move(done)](result<attachment_report> found) mutable {
      if (!found) return done(std::move(found).error());
      if (found->status != attachment_status::failed) return done({});
      done(refused(error_code::carrier_refused,
                   "The toll-free verification is for another number."));
    };
    return check_toll_free_number(at, std::move(reference), std::move(e164), std::move(judge));
  }
  std::make_shared<attaching>(at, std::move(reference), std::move(e164), std::move(done))->run();
}

void ask_attachment(const std::shared_ptr<account>& at, std::string reference, std::string e164,
                    carrier_done<attachment_report> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  if (is_toll_free(reference)) {
    return check_toll_free_number(at, std::move(reference), std::move(e164), std::move(done));
  }
  std::make_shared<asking_attachment>(at, std::move(done))->run(reference, e164);
}

}  // namespace dialplane::telnyx
