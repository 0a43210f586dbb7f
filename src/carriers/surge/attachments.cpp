#include "carriers/surge/attachments.hpp"

#include "carriers/surge/campaigns.hpp"
#include "carriers/surge/number_finding.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

constexpr std::chrono::minutes ask_attachment_again{1};

}  // namespace

attachment_report attachment_of(const owned_number& number, std::string_view campaign) {
  attachment_report report;
  report.ask_again_after = ask_attachment_again;
  if (number.campaign != campaign) {
    report.status = attachment_status::failed;
    report.failure_reason = number.campaign.empty()
                                ? "The number is in no campaign."
                                : "The number is in another campaign.";
    return report;
  }
  if (number.attachment == "attached") {
    report.status = attachment_status::attached;
  } else if (number.attachment == "detached" || number.attachment == "detachment_pending") {
    report.status = attachment_status::failed;
    report.failure_reason = "The number was taken out of the campaign.";
  }
  return report;
}

void attach_number(office_ptr at, std::string campaign, std::string e164,
                   carrier_done<void> done) {
  find_number(at, e164, "", [at, campaign, done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return done(number_not_ours());
    if (!is_id_shape(campaign)) return done(no_such_campaign());
    // A toll-free verification is for its number from the start.
    if (is_toll_free_reference(campaign)) return done({});
    const owned_number& number = **found;
    if (attachment_of(number, campaign).status != attachment_status::failed) return done({});
    at->api.write("PATCH", "/phone_numbers/" + percent_encoded(number.id),
                  {{"campaign_id", campaign}},
                  [done = std::move(done)](api_result answer) mutable {
                    if (answer) return done({});
                    api_failure why = std::move(answer).error();
                    done(why.says_absent() ? no_such_campaign() : std::move(why.what));
                  });
  });
}

void read_attachment(office_ptr at, std::string campaign, std::string e164,
                     carrier_done<attachment_report> done) {
  find_number(at, e164, "", [at, campaign, done = std::move(done)](auto found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return done(number_not_ours());
    if (!is_toll_free_reference(campaign)) return done(attachment_of(**found, campaign));
    read_campaign_state(at, campaign, [done = std::move(done)](auto state) mutable {
      if (!state) return done(std::move(state).error());
      attachment_report report;
      report.ask_again_after = state->ask_again_after;
      if (state->status == campaign_status::active) report.status = attachment_status::attached;
      if (state->status == campaign_status::rejected) {
        report.status = attachment_status::failed;
        report.failure_reason = state->rejection_reason;
      }
      done(std::move(report));
    });
  });
}

}  // namespace dialplane::surge
