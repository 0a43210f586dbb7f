#include "workflow/operations/register_brand.hpp"

#include "base/crash_point.hpp"
#include "domain/ownership_mark.hpp"
#include "workflow/registration/changes.hpp"
#include "workflow/registration/filing_check.hpp"

namespace dialplane {

namespace {

// Of this operation; nothing where another has taken over or the brand is decided.
result<std::optional<brand>> brand_under_work(session& work, const operation& of) {
  TRY_ASSIGN(std::optional<brand> company,
             work.campaigns().find_brand_of_user(of.organization, of.user));
  if (company && company->operation != of.id) company.reset();
  return company;
}

}  // namespace

std::shared_ptr<register_brand_run> register_brand_run::self() {
  return std::static_pointer_cast<register_brand_run>(shared_from_this());
}

void register_brand_run::advance() {
  starts_others();
  read_present([self = self()](const present& now) { self->go_on(now); });
}

void register_brand_run::read_present(unique_function<void(present)> then) {
  env().database.read<present>(
      [copy = row](session& work) -> result<present> {
        present now;
        TRY_ASSIGN(now.company, brand_under_work(work, copy));
        TRY_ASSIGN(now.entity,
                   work.users().find_entity_of_user(copy.organization, copy.user));
        return now;
      },
      [self = self(), then = std::move(then)](result<present> now) mutable {
        if (!now) return self->try_again();
        then(*std::move(now));
      });
}

void register_brand_run::go_on(const present& now) {
  if (!now.company || !now.entity) return end_idle();
  const brand_stage stage = now.company->stage;
  if (row.step == operation_step::accepted) return check_and_write(now);
  if (row.step == operation_step::filing_written) return hand_in(now);
  if (stage == brand_stage::verified || stage == brand_stage::failed) return end_idle();
  reference_ = now.company->carrier_reference;
  known_stage_ = stage;
  known_code_expiry_ = now.company->code_expires_at;
  ask_for_state();
}

// ---- filing -----------------------------------------------------------------------------------

void register_brand_run::check_and_write(const present& now) {
  const auto subject = lint_subject_of(env(), *now.entity);
  if (!subject) return try_again();
  const std::vector<finding> findings = lint_registration(*subject);
  if (!has_errors(findings)) return write_filing();
  finish([&environment = env(), findings](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(const auto company, brand_under_work(work, ending));
    if (company) TRY(stop_filing(work, environment, *company, findings));
    end_failed(ending, error_code::registration_incomplete,
               "Carriers would reject the registration as it is.");
    return {};
  });
}

void register_brand_run::write_filing() {
  row.step = operation_step::filing_written;
  row.attempts = 0;
  save(
      "filing_written", "",
      [&environment = env()](session& work, operation& saved) -> result<void> {
        TRY_ASSIGN(auto company, brand_under_work(work, saved));
        if (!company) return {};
        const brand before = *company;
        ++company->submissions;
        company->stage = company->submissions > 1 ? brand_stage::resubmitted
                                                  : brand_stage::submitted;
        company->failure_reason.reset();
        company->findings = "[]";
        return write_brand(work, environment, *company, before);
      },
      [self = self()] {
        crash_point("brand_filing_committed");
        self->file();
      });
}

void register_brand_run::file() {
  read_present([self = self()](const present& now) {
    if (!now.company || !now.entity) return self->end_idle();
    self->hand_in(now);
  });
}

void register_brand_run::hand_in(const present& now) {
  brand_filing filing;
  filing.mark = row.mark;
  filing.owner = owner_text(env().installation, row.user);
  filing.submission = now.company->submissions;
  filing.sole_proprietor = now.company->tier == registration_tier::sole_proprietor;
  filing.entity = now.entity->record;
  if (!filing.sole_proprietor && !now.entity->sealed_ein.empty()) {
    result<std::string> digits = env().seals.open(now.entity->sealed_ein, "ein");
    if (!digits) return refuse(digits.error());
    filing.ein = secret_string::taken_from(*digits);
  }
  known_stage_ = now.company->stage;
  seller().file_brand(std::move(filing), [self = self()](result<brand_report> report) {
    crash_point("brand_filed");
    self->take_report(std::move(report));
  });
}

// ---- review -----------------------------------------------------------------------------------

void register_brand_run::ask_for_state() {
  seller().brand_state(reference_, [self = self()](result<brand_report> report) {
    self->take_report(std::move(report));
  });
}

void register_brand_run::take_report(result<brand_report> report) {
  if (!report) {
    if (!is_tried_again("brand call failed", report.error())) refuse(report.error());
    return;
  }
  if (report->status == brand_status::pending) return note_progress(*std::move(report));
  settle(*std::move(report));
}

void register_brand_run::note_progress(brand_report report) {
  auto wait = [self = self(), delay = report.ask_again_after] { self->ask_later(delay); };
  const bool in_review = row.step == operation_step::in_review;
  const bool waits_for_code = known_stage_ == brand_stage::pending_otp;
  const bool news = report.reference != reference_ || report.awaits_code != waits_for_code ||
                    report.code_expires_at != known_code_expiry_;
  row.attempts = 0;
  if (in_review && !news) return wait();
  row.step = operation_step::in_review;
  save(
      "in_review", "",
      [&environment = env(), report](session& work, operation& saved) -> result<void> {
        TRY_ASSIGN(const auto company, brand_under_work(work, saved));
        // Confirmed by the owner's code while this answer was on its way.
        if (!company || company->stage == brand_stage::verified) return {};
        return take_brand_report(work, environment, *company, report, origin_of(saved));
      },
      [wait] {
        crash_point("brand_in_review");
        wait();
      });
}

void register_brand_run::settle(brand_report report) {
  finish([&environment = env(), report](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto company, brand_under_work(work, ending));
    if (company) {
      company->operation.reset();
      if (company->stage == brand_stage::verified) {
        TRY(work.campaigns().update_brand(*company));
      } else {
        TRY(take_brand_report(work, environment, *company, report, origin_of(ending)));
      }
    }
    const bool verified = report.status == brand_status::verified;
    verified ? end_approved(ending)
             : end_failed(ending, error_code::carrier_refused,
                          report.failure_reason.value_or("The carrier gave no reason."));
    return {};
  });
}

void register_brand_run::refuse(const error& why) {
  brand_report report;
  report.status = brand_status::failed;
  report.failure_reason = why.message;
  report.reference = reference_;
  settle(std::move(report));
}

void register_brand_run::end_idle() {
  finish([](session& work, operation& ending) -> result<void> {
    TRY_ASSIGN(auto company, brand_under_work(work, ending));
    bool verified = false;
    if (company) {
      verified = company->stage == brand_stage::verified;
      company->operation.reset();
      TRY(work.campaigns().update_brand(*company));
    }
    verified ? end_approved(ending)
             : end_failed(ending, error_code::conflict, "Another operation took over.");
    return {};
  });
}

}  // namespace dialplane
