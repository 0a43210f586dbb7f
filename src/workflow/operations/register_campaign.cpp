#include "workflow/operations/register_campaign.hpp"

#include "base/crash_point.hpp"
#include "domain/ownership_mark.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/registration/fees.hpp"
#include "workflow/registration/filing_check.hpp"

namespace dialplane {

namespace {

// Of this operation; nothing where another has taken over.
result<std::optional<campaign>> campaign_under_work(session& work, const operation& of) {
  TRY_ASSIGN(std::optional<campaign> filed, work.campaigns().find(of.organization, *of.campaign));
  if (filed && filed->operation != of.id) filed.reset();
  return filed;
}

bool is_decided(campaign_status status) {
  return status != campaign_status::created && status != campaign_status::in_review;
}

}  // namespace

std::shared_ptr<register_campaign_run> register_campaign_run::self() {
  return std::static_pointer_cast<register_campaign_run>(shared_from_this());
}

void register_campaign_run::advance() {
  starts_others();
  read_present([self = self()](const present& now) { self->go_on(now); });
}

result<register_campaign_run::present> register_campaign_run::read_rows(session& work,
                                                                        const operation& of) {
  present now;
  TRY_ASSIGN(now.filed, campaign_under_work(work, of));
  if (!now.filed) return now;
  TRY_ASSIGN(now.company, work.campaigns().find_brand_of_user(of.organization, of.user));
  TRY_ASSIGN(now.entity, work.users().find_entity_of_user(of.organization, of.user));
  if (now.filed->number) {
    TRY_ASSIGN(const auto member, work.numbers().find(of.organization, *now.filed->number));
    now.is_needed = member && member->status != number_status::released;
    if (member) now.e164 = member->e164;
  } else {
    TRY_ASSIGN(const std::int64_t members,
               work.numbers().count_of_campaign(of.organization, now.filed->id, 1));
    now.is_needed = members > 0;
  }
  return now;
}

void register_campaign_run::read_present(unique_function<void(present)> then) {
  env().database.read<present>(
      [copy = row](session& work) { return read_rows(work, copy); },
      [self = self(), then = std::move(then)](result<present> now) mutable {
        if (!now) return self->try_again();
        then(*std::move(now));
      });
}

void register_campaign_run::go_on(const present& now) {
  if (!now.filed || !now.entity) return end_superseded();
  reference_ = now.filed->carrier_reference;
  known_status_ = now.filed->status;
  const bool was_filed = row.step == operation_step::in_review;
  if (was_filed) return ask_for_state(*now.filed);
  // A step of an older program, whose filing had one operation for each number.
  const bool filed_before = !reference_.empty() && now.filed->submissions > 0 &&
                            known_status_ != campaign_status::rejected;
  if (filed_before && row.step == operation_step::accepted) return ask_for_state(*now.filed);
  if (!now.is_needed && row.step == operation_step::accepted) return end_unneeded();
  const bool needs_company = now.filed->kind == campaign_kind::ten_dlc;
  if (needs_company && (!now.company || now.company->carrier_reference.empty() ||
                        now.company->stage != brand_stage::verified)) {
    return wait_for_company();
  }
  if (row.step == operation_step::accepted) return check_and_write(now);
  hand_in(now);
}

// ---- filing -----------------------------------------------------------------------------------

void register_campaign_run::check_and_write(const present& now) {
  const auto subject = lint_subject_of(env(), *now.entity);
  if (!subject) return try_again();
  const std::vector<finding> findings = lint_registration(*subject);
  if (!has_errors(findings)) return write_filing();
  finish([&environment = env(), findings](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(const auto filed, campaign_under_work(work, ending));
    if (filed) TRY(stop_filing(work, environment, *filed, findings));
    end_failed(ending, error_code::registration_incomplete,
               "Carriers would reject the registration as it is.");
    return {};
  });
}

void register_campaign_run::write_filing() {
  row.step = operation_step::filing_written;
  row.attempts = 0;
  save(
      "filing_written", "",
      [&environment = env()](session& work, operation& saved) -> result<void> {
        TRY_ASSIGN(auto filed, campaign_under_work(work, saved));
        if (!filed) return {};
        const campaign before = *filed;
        ++filed->submissions;
        filed->status = campaign_status::created;
        filed->status_detail.clear();
        filed->rejection_reason.reset();
        filed->findings = "[]";
        return write_campaign(work, environment, *filed, before);
      },
      [self = self()] {
        crash_point("campaign_filing_committed");
        self->read_present([self](const present& now) {
          if (!now.filed || !now.entity || (!now.filed->number && !now.company)) {
            return self->end_superseded();
          }
          self->hand_in(now);
        });
      });
}

void register_campaign_run::hand_in(const present& now) {
  campaign_filing filing;
  filing.mark = row.mark;
  filing.owner = owner_text(env().installation, row.user);
  filing.submission = now.filed->submissions;
  filing.kind = now.filed->kind;
  filing.use_case = now.filed->use_case;
  if (filing.kind == campaign_kind::ten_dlc) {
    filing.brand_reference = now.company->carrier_reference;
  }
  filing.e164 = now.e164;
  filing.entity = now.entity->record;
  known_status_ = campaign_status::created;
  seller().file_campaign(std::move(filing), [self = self()](result<campaign_report> report) {
    crash_point("campaign_filed");
    self->take_report(std::move(report));
  });
}

// An older program did not register companies apart: this one is registered first, and its end
// starts the campaign again.
void register_campaign_run::wait_for_company() {
  finish([&environment = env()](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto filed, campaign_under_work(work, ending));
    TRY_ASSIGN(auto company,
               work.campaigns().find_brand_of_user(ending.organization, ending.user));
    if (filed) {
      filed->operation.reset();
      TRY(work.campaigns().update(*filed));
    }
    if (company && !company->operation && company->carrier_reference.empty()) {
      TRY(start_brand(work, environment, *company, origin_of(ending)));
      TRY(work.campaigns().update_brand(*company));
    }
    end_failed(ending, error_code::conflict, "The company is registered first.");
    return {};
  });
}

// ---- review -----------------------------------------------------------------------------------

void register_campaign_run::ask_for_state(const campaign& filed) {
  reference_ = filed.carrier_reference;
  seller().campaign_state(reference_, [self = self()](result<campaign_report> report) {
    self->take_report(std::move(report));
  });
}

void register_campaign_run::take_report(result<campaign_report> report) {
  if (!report) {
    if (is_tried_again("campaign call failed", report.error())) return;
    campaign_report refusal;
    refusal.reference = reference_;
    refusal.status = campaign_status::rejected;
    refusal.rejection_reason = report.error().message;
    return settle(std::move(refusal));
  }
  is_decided(report->status) ? settle(*std::move(report)) : note_progress(*std::move(report));
}

void register_campaign_run::note_progress(campaign_report report) {
  auto wait = [self = self(), delay = report.ask_again_after] { self->ask_later(delay); };
  const bool in_review = row.step == operation_step::in_review;
  const bool news = report.status != known_status_ || report.reference != reference_;
  row.attempts = 0;
  if (in_review && !news) return wait();
  row.step = operation_step::in_review;
  save(
      "in_review", "",
      [&environment = env(), report](session& work, operation& saved) -> result<void> {
        TRY_ASSIGN(const auto filed, campaign_under_work(work, saved));
        if (!filed) return {};
        return take_campaign_report(work, environment, *filed, report, origin_of(saved));
      },
      [wait] {
        crash_point("campaign_in_review");
        wait();
      });
}

void register_campaign_run::settle(campaign_report report) {
  finish([&environment = env(), report](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto filed, campaign_under_work(work, ending));
    if (filed) {
      filed->operation.reset();
      const bool was_active = filed->status == campaign_status::active;
      TRY(take_campaign_report(work, environment, *filed, report, origin_of(ending)));
      // Approved under an older program, which attached each number by itself.
      if (was_active && filed->kind == campaign_kind::ten_dlc) {
        TRY(start_attachments(work, environment, *filed, origin_of(ending)));
      }
    }
    const bool approved = report.status == campaign_status::active;
    approved ? end_approved(ending)
             : end_failed(ending, error_code::carrier_refused,
                          report.rejection_reason.value_or("The carrier gave no reason."));
    return {};
  });
}

// The last number went before anything was filed.
void register_campaign_run::end_unneeded() {
  finish([&environment = env()](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto filed, campaign_under_work(work, ending));
    if (filed) {
      filed->operation.reset();
      TRY(return_fee(work, environment, *filed));
      TRY(work.campaigns().update(*filed));
    }
    end_failed(ending, error_code::conflict, "No number uses the campaign.");
    return {};
  });
}

void register_campaign_run::end_superseded() {
  finish([](session&, operation& ending) -> result<void> {
    end_failed(ending, error_code::conflict, "Another operation took over.");
    return {};
  });
}

}  // namespace dialplane
