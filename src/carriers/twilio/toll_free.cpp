#include "carriers/twilio/toll_free.hpp"

#include <boost/json/array.hpp>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/brand_rows.hpp"
#include "carriers/twilio/company.hpp"
#include "carriers/twilio/number_rows.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::string_view verifications_path = "/v1/Tollfree/Verifications";

struct verification_run : std::enable_shared_from_this<verification_run> {
  std::shared_ptr<api> through;
  campaign_filing filing;
  std::string notify;
  carrier_done<campaign_report> done;
  std::optional<json::object> known;
  std::int64_t handed_in = 0;

  void begin() {
    const auto self = shared_from_this();
    through->walk(
        through->messaging(std::string(verifications_path) + "?PageSize=100"), "verifications",
        [self](const json::object& row) -> result<bool> {
          TRY_ASSIGN(const std::string name, optional_text_in(row, "external_reference_id", 256));
          const auto submission = submission_in(name, self->filing.mark);
          if (!submission) return false;
          self->known = row;
          self->handed_in = *submission;
          return true;
        },
        [self](result<void> ended) {
          if (!ended) return self->done(std::move(ended).error());
          self->known ? self->judge() : self->find_its_number();
        });
  }

  void find_its_number() {
    find_number(through, filing.e164, "",
                [self = shared_from_this()](result<std::optional<number_row>> found) {
                  if (!found) return self->done(std::move(found).error());
                  if (!*found) {
                    return self->done(refused(error_code::carrier_refused,
                                              "The carrier account has no such number."));
                  }
                  self->file((*found)->sid);
                });
  }

  void file(const std::string& number) {
    form_list fields = toll_free_fields(filing, notify);
    fields.emplace_back("TollfreePhoneNumberSid", number);
    fields.emplace_back("ExternalReferenceId",
                        name_with_submission(filing.mark, filing.submission));
    through->post(through->messaging(verifications_path), std::move(fields), reporting());
  }

  void judge() {
    auto report = read_toll_free(*known);
    if (!report) return done(std::move(report).error());
    const bool is_again =
        report->status == campaign_status::rejected && handed_in < filing.submission;
    if (!is_again) return done(*std::move(report));
    form_list fields = toll_free_fields(filing, notify);
    fields.emplace_back("EditReason", "Corrected after a rejection");
    fields.emplace_back("ExternalReferenceId",
                        name_with_submission(filing.mark, filing.submission));
    through->post(through->messaging(std::string(verifications_path) + "/" + report->reference),
                  std::move(fields), reporting());
  }

  carrier_done<json::object> reporting() {
    return [self = shared_from_this()](result<json::object> row) {
      if (!row) return self->done(std::move(row).error());
      self->done(read_toll_free(*row));
    };
  }
};

}  // namespace

void file_toll_free(std::shared_ptr<api> through, campaign_filing filing, std::string notify,
                    carrier_done<campaign_report> done) {
  auto run = std::make_shared<verification_run>();
  run->through = std::move(through);
  run->filing = std::move(filing);
  run->notify = std::move(notify);
  run->done = std::move(done);
  run->begin();
}

void toll_free_state(const std::shared_ptr<api>& through, const std::string& reference,
                     carrier_done<campaign_report> done) {
  through->get(through->messaging(std::string(verifications_path) + "/" + reference),
               [done = std::move(done)](result<json::object> row) mutable {
                 if (!row) return done(std::move(row).error());
                 done(read_toll_free(*row));
               });
}

void toll_free_attachment(const std::shared_ptr<api>& through, const std::string& reference,
                          std::string e164, carrier_done<attachment_report> done) {
  through->get(through->messaging(std::string(verifications_path) + "/" + reference),
               [e164 = std::move(e164),
                done = std::move(done)](result<json::object> row) mutable {
                 if (!row) return done(std::move(row).error());
                 const auto known = read_toll_free(*row);
                 if (!known) return done(known.error());
                 const auto number = optional_text_in(*row, "tollfree_phone_number", 32);
                 if (!number) return done(number.error());
                 attachment_report report;
                 report.ask_again_after = known->ask_again_after;
                 if (*number != e164 && !number->empty()) {
                   report.status = attachment_status::failed;
                   report.failure_reason = "The verification is of another number.";
                 } else if (known->status == campaign_status::active) {
                   report.status = attachment_status::attached;
                 }
                 done(std::move(report));
               });
}

}  // namespace dialplane::twilio
