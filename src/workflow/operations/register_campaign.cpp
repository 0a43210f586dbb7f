#include "workflow/operations/register_campaign.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "workflow/records.hpp"

namespace dialplane {

namespace {

constexpr std::chrono::milliseconds retry_most{30'000};
constexpr std::chrono::milliseconds ask_at_most_every{50};

// What the campaign row learns from a report; true if anything changed.
bool learn(campaign& row, const campaign_report& report, timestamp at) {
  const bool same = row.status == report.status && row.carrier_reference == report.reference;
  if (same) return false;
  if (!row.submitted_at) row.submitted_at = at;
  row.carrier_reference = report.reference;
  row.status = report.status;
  row.rejection_reason = report.rejection_reason;
  if (report.status == campaign_status::active && !row.approved_at) row.approved_at = at;
  if (report.status == campaign_status::rejected) row.rejected_at = at;
  row.updated_at = at;
  return true;
}

result<void> tell_of_campaign(session& work, workflow_environment& env, const campaign& row) {
  return append_event(work, env, row.organization, row.user, "campaign.updated",
                      {{"id", row.id.uuid()},
                       {"status", name_of_value(row.status)},
                       {"kind", name_of_value(row.kind)}});
}

// A brand is verified by the time a carrier takes its campaign into review.
result<void> verify_brand(session& work, workflow_environment& env, const campaign& row) {
  if (row.kind != campaign_kind::ten_dlc) return {};
  TRY_ASSIGN(std::optional<brand> company,
             work.campaigns().find_brand_of_user(row.organization, row.user));
  if (!company || company->status == brand_status::verified) return {};
  company->status = brand_status::verified;
  company->updated_at = env.time.now();
  return work.campaigns().update_brand(*company);
}

result<void> write_report(session& work, workflow_environment& env, const operation& of,
                          const campaign_report& report) {
  TRY_ASSIGN(std::optional<campaign> row, work.campaigns().find(of.organization, *of.campaign));
  if (!row) return internal_fault("an operation's campaign is not there");
  if (!learn(*row, report, env.time.now())) return {};
  TRY(work.campaigns().update(*row));
  TRY(verify_brand(work, env, *row));
  return tell_of_campaign(work, env, *row);
}

}  // namespace

std::shared_ptr<register_campaign_run> register_campaign_run::self() {
  return std::static_pointer_cast<register_campaign_run>(shared_from_this());
}

void register_campaign_run::advance() {
  struct present {
    std::optional<campaign> filed;
    bool number_lives = false;
  };
  env().database.read<present>(
      [copy = row](session& work) -> result<present> {
        present now;
        TRY_ASSIGN(now.filed, work.campaigns().find(copy.organization, *copy.campaign));
        TRY_ASSIGN(const auto bought, work.numbers().find(copy.organization, *copy.number));
        now.number_lives = bought && bought->status != number_status::released;
        return now;
      },
      [self = self()](result<present> now) {
        if (!now) return self->retry_in(self->backoff(retry_most), [self] { self->advance(); });
        if (!now->filed || !now->number_lives) return self->end_without_number();
        self->reference_ = now->filed->carrier_reference;
        self->use_case_ = now->filed->use_case;
        self->kind_ = now->filed->kind;
        self->known_status_ = now->filed->status;
        if (self->reference_.empty()) return self->write_filing();
        self->ask_for_state();
      });
}

void register_campaign_run::write_filing() {
  if (row.step == operation_step::filing_written) return file();
  row.step = operation_step::filing_written;
  save("filing_written", "", [self = self()] { self->file(); });
}

void register_campaign_run::file() {
  seller().file_campaign({row.mark, kind_, use_case_}, [self = self()](auto report) {
    crash_point("campaign_filed");
    self->take_report(std::move(report));
  });
}

void register_campaign_run::ask_for_state() {
  seller().campaign_state(reference_, [self = self()](result<campaign_report> report) {
    self->take_report(std::move(report));
  });
}

void register_campaign_run::take_report(result<campaign_report> report) {
  if (!report) {
    // Filing and asking are repeatable, so every class of failure is simply tried again; a
    // carrier that refuses for good says so in a report (rejected).
    log_error(log_level::warn, "campaign call failed", report.error(),
              {{"operation", row.id.uuid()}});
    const auto delay = backoff(retry_most);
    ++row.attempts;
    return retry_in(delay, [self = self()] { self->advance(); });
  }
  if (report->status == campaign_status::active) return attach(*std::move(report));
  if (report->status == campaign_status::rejected) return reject(*std::move(report));
  note_progress(*std::move(report));
}

void register_campaign_run::note_progress(campaign_report report) {
  row.step = operation_step::in_review;
  row.attempts = 0;
  const auto most = seller().abilities().campaign_poll_interval_max;
  const auto delay = std::clamp(report.ask_again_after, ask_at_most_every, most);
  const bool news = report.status != known_status_ || report.reference != reference_;
  auto wait = [self = self(), delay] {
    self->retry_in(delay, [self] { self->ask_for_state(); });
  };
  if (!news) return wait();
  reference_ = report.reference;
  known_status_ = report.status;
  env().database.write<bool>(
      [&environment = env(), copy = row, report](session& work) -> result<bool> {
        TRY(write_report(work, environment, copy, report));
        return true;
      },
      [self = self(), wait](result<bool> written) {
        if (!written) {
          log_error(log_level::error, "campaign progress not stored", written.error());
          self->known_status_ = campaign_status::created;
          self->reference_.clear();
        }
        self->reference_.empty() ? self->advance() : wait();
      });
}

void register_campaign_run::attach(campaign_report report) {
  if (kind_ == campaign_kind::toll_free_verification) return settle(std::move(report));
  const std::string reference = report.reference;
  seller().attach_number(reference, row.e164, [self = self(), report](result<void> attached) {
    if (attached) return self->settle(report);
    log_error(log_level::warn, "number not attached", attached.error(),
              {{"operation", self->row.id.uuid()}});
    const auto delay = self->backoff(retry_most);
    ++self->row.attempts;
    self->retry_in(delay, [self, report] { self->attach(report); });
  });
}

void register_campaign_run::settle(campaign_report report) {
  finish([&environment = env(), report](session& work, operation& ending) -> result<void> {
    TRY(write_report(work, environment, ending, report));
    TRY_ASSIGN(std::optional<number> attached,
               work.numbers().find(ending.organization, *ending.number));
    if (attached && attached->campaign == ending.campaign) {
      attached->campaign_attached = true;
      attached->updated_at = environment.time.now();
      TRY(work.numbers().update(*attached));
      TRY(append_event(work, environment, attached->organization, attached->user,
                       "phone.capabilities_changed",
                       {{"id", attached->id.uuid()},
                        {"capabilities", {{"sms_outbound", true}}},
                        {"previous", {{"sms_outbound", false}}}}));
    }
    ending.state = operation_state::succeeded;
    ending.step = operation_step::settled;
    ending.outcome = "{}";
    return {};
  });
}

void register_campaign_run::reject(campaign_report report) {
  finish([&environment = env(), report](session& work, operation& ending) -> result<void> {
    TRY(write_report(work, environment, ending, report));
    ending.state = operation_state::failed;
    ending.step = operation_step::compensated;
    ending.outcome = boost::json::serialize(
        boost::json::object{{"rejection_reason", report.rejection_reason.value_or("")}});
    return {};
  });
}

void register_campaign_run::end_without_number() {
  finish([](session&, operation& ending) -> result<void> {
    ending.state = operation_state::failed;
    ending.step = operation_step::compensated;
    ending.outcome = "{\"reason\":\"the number was released\"}";
    return {};
  });
}

}  // namespace dialplane
