#include "carriers/surge/brands.hpp"

#include <algorithm>

#include "carriers/surge/api_errors.hpp"
#include "carriers/surge/organization.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::chrono::minutes ask_brand_again{1};
constexpr std::string_view capability = "local_messaging";

error no_such_company() {
  return refused(error_code::resource_not_found, "Surge knows no such account.");
}

void add_field(brand_report& report, std::string_view surge_path) {
  std::string field = entity_path(surge_path);
  const auto& known = report.fields;
  const bool is_new = std::find(known.begin(), known.end(), field) == known.end();
  if (is_new && known.size() < wrong_fields_max) report.fields.push_back(std::move(field));
}

std::string path_of(const std::string& account) { return "/accounts/" + percent_encoded(account); }

// A value was wrong in itself: nothing was filed.
brand_report brand_not_accepted(const api_failure& why) {
  brand_report report;
  report.status = brand_status::failed;
  std::string reason = "Surge does not accept the company's record.";
  for (std::size_t i = 0; i < why.fields.size(); ++i) {
    add_field(report, why.fields[i]);
    if (why.complaints[i].empty() || i >= 5) continue;
    reason += " " + entity_path(why.fields[i]) + " " + why.complaints[i] + ".";
  }
  report.failure_reason = std::move(reason);
  return report;
}

void read_state(office_ptr at, std::string account, bool sole_proprietor,
                carrier_done<brand_report> done) {
  std::string path = path_of(account) + "/status?capabilities=" + std::string(capability);
  at->api.read(std::move(path), [account, sole_proprietor,
                                 done = std::move(done)](api_result answer) mutable {
    if (!answer) {
      api_failure why = std::move(answer).error();
      return done(why.says_absent() ? no_such_company() : std::move(why.what));
    }
    auto report = read_readiness(*answer, account, sole_proprietor);
    if (!report) return done(strange_answer(report.error().message, call_effect::reads));
    done(*std::move(report));
  });
}

bool is_alone(const json::object& account) {
  const auto organization = optional_object_in(account, "organization");
  if (!organization || *organization == nullptr) return false;
  const auto type = optional_text_in(**organization, "type", word_bytes_max);
  return type && *type == "sole_proprietor";
}

}  // namespace

result<brand_report> read_readiness(const json::object& answer, std::string reference,
                                    bool sole_proprietor) {
  TRY_ASSIGN(const json::object* capabilities, optional_object_in(answer, "capabilities"));
  if (capabilities == nullptr) return unreadable("capabilities");
  TRY_ASSIGN(const json::object* texting, optional_object_in(*capabilities, capability));
  if (texting == nullptr) return unreadable(capability);
  TRY_ASSIGN(const std::string status, text_in(*texting, "status", word_bytes_max));
  brand_report report;
  report.reference = std::move(reference);
  report.ask_again_after = ask_brand_again;
  if (status == "ready") {
    report.status = brand_status::verified;
    return report;
  }
  std::string reason;
  if (texting->contains("errors")) {
    TRY_ASSIGN(const json::array* errors, array_in(*texting, "errors"));
    for (const json::value& each : *errors) {
      if (!each.is_object() || report.fields.size() >= wrong_fields_max) {
        return unreadable("errors");
      }
      TRY_ASSIGN(const std::string field,
                 optional_text_in(each.get_object(), "field", text_bytes_max));
      TRY_ASSIGN(const std::string message,
                 optional_text_in(each.get_object(), "message", text_bytes_max));
      if (!field.empty()) add_field(report, field);
      if (!message.empty() && reason.size() < text_bytes_max) {
        reason += (reason.empty() ? "" : " ") + message;
      }
    }
  }
  if (texting->contains("fields_needed")) {
    TRY_ASSIGN(const json::array* needed, array_in(*texting, "fields_needed"));
    for (const json::value& each : *needed) {
      const bool fits = each.is_string() && each.get_string().size() <= text_bytes_max;
      if (!fits) return unreadable("fields_needed");
      add_field(report, each.get_string());
    }
  }
  if (status == "error" || !report.fields.empty()) {
    report.status = brand_status::failed;
    report.failure_reason =
        reason.empty() ? "Surge needs more about the company before it can be registered."
                       : reason;
    return report;
  }
  report.awaits_code = sole_proprietor;
  return report;
}

void file_brand(office_ptr at, brand_filing filing, carrier_done<brand_report> done) {
  if (filing.ein.empty() && !filing.sole_proprietor) {
    return done(bad_field("ein", "A company is registered with its EIN.",
                          error_code::ein_required));
  }
  // An account is a company; without an owner the filing's mark stands for it.
  const std::string owner = filing.owner.empty() ? filing.mark : filing.owner;
  const bool alone = filing.sole_proprietor;
  json::object changes = account_changes(
      account_name(owner, filing.owner.empty() ? "" : group_of_mark(filing.mark), ""),
      filing.entity, filing.ein, alone);
  at->accounts->find_or_make(owner, filing.mark, [at, alone, changes = std::move(changes),
                                                  done = std::move(done)](auto account) mutable {
    if (!account) return done(std::move(account).error());
    at->api.write("PATCH", path_of(account->id), std::move(changes),
                  [at, alone, id = account->id, done = std::move(done)](api_result saved) mutable {
                    if (saved) return read_state(at, id, alone, std::move(done));
                    api_failure why = std::move(saved).error();
                    if (why.is("validation_error")) return done(brand_not_accepted(why));
                    if (why.says_absent()) {
                      at->accounts->forget(id);
                      why.what.kind = error_class::not_done;
                    }
                    done(std::move(why.what));
                  });
  });
}

void read_brand(office_ptr at, std::string reference, carrier_done<brand_report> done) {
  if (!is_id_shape(reference)) return done(no_such_company());
  read_state(at, reference, false, [at, reference, done = std::move(done)](auto report) mutable {
    if (!report || report->status != brand_status::pending) return done(std::move(report));
    // Undecided without a complaint: for a person that means the code was not answered yet.
    at->api.read(path_of(reference), [report = *std::move(report),
                                      done = std::move(done)](api_result account) mutable {
      if (account) report.awaits_code = is_alone(*account);
      const bool may_be_old = !account && account.error().says_absent();
      if (!account && !may_be_old) return done(std::move(account).error().what);
      done(std::move(report));
    });
  });
}

void resend_code(office_ptr at, std::string reference, carrier_done<brand_report> done) {
  if (!is_id_shape(reference)) return done(no_such_company());
  at->api.write("POST", path_of(reference) + "/brand_verification_messages", {},
                [at, reference, done = std::move(done)](api_result sent) mutable {
                  if (!sent) {
                    api_failure why = std::move(sent).error();
                    return done(why.says_absent() ? no_such_company() : std::move(why.what));
                  }
                  read_brand(at, reference, std::move(done));
                });
}

}  // namespace dialplane::surge
