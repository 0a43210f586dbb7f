#include "app/brand_verification.hpp"

#include <utility>

#include "app/audit_trail.hpp"
#include "app/subject.hpp"
#include "base/crash_point.hpp"
#include "workflow/registration/changes.hpp"

namespace dialplane {

namespace {

result<brand> find_own_brand(session& work, const brand_code_request& request) {
  TRY_ASSIGN(const user subject, find_subject(work, request.who, request.user));
  TRY_ASSIGN(auto company,
             work.campaigns().find_brand_of_user(request.who.organization, subject.id));
  if (!company || company->submissions == 0) {
    return refused(error_code::resource_not_found, "There is no phone account yet.");
  }
  if (company->tier != registration_tier::sole_proprietor) {
    return refused(error_code::invalid_input,
                   "The account's tier is standard: its company needs no code.");
  }
  return *std::move(company);
}

error no_code_awaited(const brand& company) {
  error failure = conflicting(error_code::conflict, "No code is waited for now.");
  failure.hint = company.stage == brand_stage::failed
                     ? "Correct the legal entity and resubmit the campaign."
                     : "The registry is still checking; ask again in a moment.";
  return failure;
}

// Writes what the carrier answered; the operation that waits for it sees it there.
void keep_report(app_environment& env, brand_code_request request, brand_report report,
                 std::string_view action, brand_done done) {
  env.database().write<brand>(
      [&env, request = std::move(request), report = std::move(report),
       action](session& work) -> result<brand> {
        TRY_ASSIGN(const brand company, find_own_brand(work, request));
        if (company.stage != brand_stage::verified) {
          const work_origin from{request.who.key, request.request_id, dialect::naive};
          TRY(take_brand_report(work, env.work, company, report, from));
        }
        TRY(record_act(work, env, request.who, action, company.id.uuid(), request.request_id));
        return find_own_brand(work, request);
      },
      [&env, done = std::move(done)](result<brand> kept) mutable {
        if (kept) env.operations.kick();
        done(std::move(kept));
      });
}

using found_brand = unique_function<void(const brand&, brand_done)>;

// Goes on with a brand that waits for its code.
void with_waiting_brand(app_environment& env, const brand_code_request& request,
                        brand_done done, found_brand then) {
  env.database().read<brand>(
      [request_copy = brand_code_request{request.who, request.user, {}, {}}](session& work) {
        return find_own_brand(work, request_copy);
      },
      [done = std::move(done), then = std::move(then)](result<brand> found) mutable {
        if (!found) return done(std::move(found).error());
        then(*found, std::move(done));
      });
}

}  // namespace

void resend_brand_code(app_environment& env, brand_code_request request, brand_done done) {
  const brand_code_request asked = request;
  with_waiting_brand(
      env, asked, std::move(done),
      [&env, request = std::move(request)](const brand& company, brand_done answer) mutable {
        carrier* home = env.work.carriers.find(company.carrier);
        if (company.stage != brand_stage::pending_otp || home == nullptr) {
          return answer(no_code_awaited(company));
        }
        home->resend_brand_code(
            company.carrier_reference,
            [&env, request = std::move(request),
             answer = std::move(answer)](result<brand_report> sent) mutable {
              if (!sent) return answer(std::move(sent).error());
              keep_report(env, std::move(request), *std::move(sent), "brand.code_resent",
                          std::move(answer));
            });
      });
}

void confirm_brand_code(app_environment& env, brand_code_request request, brand_done done) {
  const brand_code_request asked = request;
  with_waiting_brand(
      env, asked, std::move(done),
      [&env, request = std::move(request)](const brand& company, brand_done answer) mutable {
        if (company.stage == brand_stage::verified) return answer(company);
        carrier* home = env.work.carriers.find(company.carrier);
        if (company.stage != brand_stage::pending_otp || home == nullptr) {
          return answer(no_code_awaited(company));
        }
        const std::string code = request.code;
        home->confirm_brand_code(
            company.carrier_reference, code,
            [&env, request = std::move(request),
             answer = std::move(answer)](result<brand_report> confirmed) mutable {
              crash_point("code_confirmed");
              if (!confirmed) {
                error why = std::move(confirmed).error();
                if (why.code == error_code::code_wrong || why.code == error_code::code_expired) {
                  why.field = "code";
                  why.hint = "POST /v1/phone/brand-verification/resend texts a new code.";
                }
                return answer(std::move(why));
              }
              keep_report(env, std::move(request), *std::move(confirmed), "brand.confirmed",
                          std::move(answer));
            });
      });
}

}  // namespace dialplane
