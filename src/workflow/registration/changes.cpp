#include "workflow/registration/changes.hpp"

#include <boost/json/array.hpp>

#include "domain/send_readiness.hpp"
#include "workflow/records.hpp"
#include "workflow/registration/fees.hpp"
#include "workflow/registration/numbers_of.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

json::value text_or_null(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return json::value(*text);
}

json::array fields_in(const std::string& findings) {
  json::array fields;
  for (const finding& each : parse_findings(findings)) fields.push_back(json::value(each.field));
  return fields;
}

json::object event_of(const brand& now, const brand& before) {
  return {{"id", now.id.uuid()},
          {"status", name_of_value(status_of(now.stage))},
          {"stage", name_of_value(now.stage)},
          {"tier", name_of_value(now.tier)},
          {"failure_reason", text_or_null(now.failure_reason)},
          {"fields", fields_in(now.findings)},
          {"previous", json::object{{"status", name_of_value(status_of(before.stage))},
                                    {"stage", name_of_value(before.stage)}}}};
}

json::object event_of(const campaign& now, const campaign& before) {
  json::value detail = nullptr;
  if (!now.status_detail.empty()) detail = json::value(now.status_detail);
  return {{"id", now.id.uuid()},
          {"status", wire_status(now.status)},
          {"status_detail", std::move(detail)},
          {"kind", name_of_value(now.kind)},
          {"rejection_reason", text_or_null(now.rejection_reason)},
          {"fields", fields_in(now.findings)},
          {"previous", json::object{{"status", wire_status(before.status)}}}};
}

result<void> tell_of_capability(session& work, workflow_environment& env, const number& of,
                                bool may_send) {
  return append_event(work, env, of.organization, of.user, "phone.capabilities_changed",
                      {{"id", of.id.uuid()},
                       {"capabilities", {{"sms_outbound", may_send}}},
                       {"previous", {{"sms_outbound", !may_send}}}});
}

result<void> tell_numbers(session& work, workflow_environment& env, const campaign& now,
                          bool may_send) {
  TRY_ASSIGN(const std::vector<number> members, numbers_of(work, now));
  for (const number& each : members) {
    if (each.status != number_status::active) continue;
    const bool attached =
        each.campaign_attached || now.kind == campaign_kind::toll_free_verification;
    if (attached) TRY(tell_of_capability(work, env, each, may_send));
  }
  return {};
}

// The campaigns of a company that no carrier has seen yet.
result<std::vector<campaign>> waiting_for(session& work, const brand& company) {
  TRY_ASSIGN(std::vector<campaign> all,
             work.campaigns().live_ten_dlc_of_user(company.organization, company.user));
  std::erase_if(all, [](const campaign& each) { return !each.carrier_reference.empty(); });
  return all;
}

result<void> start_waiting(session& work, workflow_environment& env, const brand& company,
                           const work_origin& from) {
  TRY_ASSIGN(std::vector<campaign> waiting, waiting_for(work, company));
  for (campaign& each : waiting) {
    if (!each.fee.is_taken() || each.status != campaign_status::created) continue;
    each.brand = company.id;
    TRY(start_campaign(work, env, each, from));
    TRY(work.campaigns().update(each));
  }
  return {};
}

result<void> return_waiting_fees(session& work, workflow_environment& env,
                                 const brand& company) {
  TRY_ASSIGN(std::vector<campaign> waiting, waiting_for(work, company));
  for (campaign& each : waiting) {
    if (each.fee.state != fee_state::held) continue;
    TRY(return_fee(work, env, each));
    TRY(work.campaigns().update(each));
  }
  return {};
}

brand_stage stage_of(const brand& of, const brand_report& report) {
  switch (report.status) {
    case brand_status::verified: return brand_stage::verified;
    case brand_status::failed: return brand_stage::failed;
    case brand_status::pending: break;
  }
  if (report.awaits_code) return brand_stage::pending_otp;
  return of.submissions > 1 ? brand_stage::resubmitted : brand_stage::submitted;
}

}  // namespace

result<void> write_brand(session& work, workflow_environment& env, brand now,
                         const brand& before) {
  now.updated_at = env.time.now();
  const bool moved = now.stage != before.stage;
  if (moved) now.stage_since = now.updated_at;
  TRY(work.campaigns().update_brand(now));
  const bool news = moved || now.failure_reason != before.failure_reason ||
                    now.findings != before.findings;
  if (!news) return {};
  return append_event(work, env, now.organization, now.user, "brand.updated",
                      event_of(now, before));
}

result<void> write_campaign(session& work, workflow_environment& env, campaign now,
                            const campaign& before) {
  now.updated_at = env.time.now();
  const bool moved = now.status != before.status;
  if (moved) now.status_since = now.updated_at;
  TRY(work.campaigns().update(now));
  const bool news = moved || now.rejection_reason != before.rejection_reason ||
                    now.findings != before.findings || now.status_detail != before.status_detail;
  if (!news) return {};
  TRY(append_event(work, env, now.organization, now.user, "campaign.updated",
                   event_of(now, before)));
  const bool sends = now.status == campaign_status::active;
  const bool sent = before.status == campaign_status::active;
  return sends == sent ? result<void>() : tell_numbers(work, env, now, sends);
}

result<void> take_brand_report(session& work, workflow_environment& env, brand of,
                               const brand_report& report, const work_origin& from) {
  const brand before = of;
  of.carrier_reference = report.reference;
  of.stage = stage_of(of, report);
  of.code_expires_at = report.code_expires_at;
  const bool failed = of.stage == brand_stage::failed;
  of.failure_reason = failed ? report.failure_reason : std::nullopt;
  of.findings = to_json(failed ? findings_of_fields(report.fields,
                                                    report.failure_reason.value_or(""))
                               : std::vector<finding>());
  // Without a reference the carrier has taken nothing.
  TRY(report.reference.empty() ? return_fee(work, env, of) : capture_fee(work, env, of));
  TRY(write_brand(work, env, of, before));
  if (before.stage == of.stage) return {};
  if (of.stage == brand_stage::verified) return start_waiting(work, env, of, from);
  return failed ? return_waiting_fees(work, env, of) : result<void>();
}

result<void> take_campaign_report(session& work, workflow_environment& env, campaign of,
                                  const campaign_report& report, const work_origin& from) {
  const campaign before = of;
  const timestamp at = env.time.now();
  if (!of.submitted_at && !report.reference.empty()) of.submitted_at = at;
  of.carrier_reference = report.reference;
  of.status = report.status;
  of.status_detail = report.status_detail;
  const bool in_the_way = of.status == campaign_status::rejected ||
                          of.status == campaign_status::suspended ||
                          of.status == campaign_status::expired;
  of.rejection_reason = in_the_way ? report.rejection_reason : std::nullopt;
  of.findings = to_json(in_the_way ? findings_of_fields(report.fields,
                                                        report.rejection_reason.value_or(""))
                                   : std::vector<finding>());
  if (of.status == campaign_status::active && !of.approved_at) of.approved_at = at;
  if (of.status == campaign_status::rejected && before.status != of.status) of.rejected_at = at;
  TRY(report.reference.empty() ? return_fee(work, env, of) : capture_fee(work, env, of));
  TRY(write_campaign(work, env, of, before));
  const bool became_active = of.status == campaign_status::active && before.status != of.status;
  if (!became_active || of.kind != campaign_kind::ten_dlc) return {};
  return start_attachments(work, env, of, from);
}

result<void> stop_filing(session& work, workflow_environment& env, campaign of,
                         const std::vector<finding>& findings) {
  const campaign before = of;
  of.status = campaign_status::rejected;
  of.status_detail = not_filed_detail;
  of.rejection_reason = "The registration was not filed: carriers would reject it as it is.";
  of.findings = to_json(findings);
  of.rejected_at = env.time.now();
  of.operation.reset();
  TRY(return_fee(work, env, of));
  return write_campaign(work, env, std::move(of), before);
}

result<void> stop_filing(session& work, workflow_environment& env, brand of,
                         const std::vector<finding>& findings) {
  const brand before = of;
  of.stage = of.submissions == 0 ? brand_stage::draft : brand_stage::failed;
  of.findings = to_json(findings);
  of.operation.reset();
  TRY(return_fee(work, env, of));
  TRY(write_brand(work, env, of, before));
  TRY_ASSIGN(const std::vector<campaign> waiting, waiting_for(work, of));
  for (const campaign& each : waiting) {
    if (!each.operation) TRY(stop_filing(work, env, each, findings));
  }
  return {};
}

result<void> note_attached(session& work, workflow_environment& env, number of,
                           const campaign& its_campaign) {
  if (of.campaign_attached) return {};
  of.campaign_attached = true;
  of.attachment_failure.reset();
  of.attachment_since = env.time.now();
  of.updated_at = *of.attachment_since;
  TRY(work.numbers().update(of));
  if (!is_registered_to_send(of, its_campaign)) return {};
  return tell_of_capability(work, env, of, true);
}

result<void> note_attachment_failed(session& work, workflow_environment& env, number of,
                                    std::string_view reason) {
  if (of.attachment_failure == reason) return {};
  of.attachment_failure = std::string(reason);
  of.attachment_since = env.time.now();
  of.updated_at = *of.attachment_since;
  TRY(work.numbers().update(of));
  return append_event(work, env, of.organization, of.user, "phone.attachment_failed",
                      {{"id", of.id.uuid()}, {"reason", reason}});
}

}  // namespace dialplane
