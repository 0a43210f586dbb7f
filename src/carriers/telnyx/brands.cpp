#include <utility>

#include "carriers/telnyx/filing_fields.hpp"
#include "carriers/telnyx/registration.hpp"
#include "carriers/telnyx/scan.hpp"

namespace dialplane::telnyx {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds ask_brand_again{15'000};
constexpr milliseconds ask_again_for_code{60'000};

struct brand_row {
  std::string id;
  std::string status;
  std::string identity;
  std::string entity_type;
  std::string reason;
  filing_mark filed;

  bool is_verified() const {
    return status == "OK" &&
           (identity.empty() || identity == "VERIFIED" || identity == "VETTED_VERIFIED");
  }
  bool has_failed() const {
    return status == "REGISTRATION_FAILED" || (status == "OK" && identity == "UNVERIFIED");
  }
  // Registered, and confirmed only by the code texted to its owner.
  bool needs_code() const {
    return entity_type == "SOLE_PROPRIETOR" && status == "OK" && !is_verified() && !has_failed();
  }
};

// The lists leave the webhook address out: only a brand by itself has it.
struct listed_brand {
  std::string id;
  std::string name;
};

result<listed_brand> read_listed(const json::object& members) {
  answer_reader read(members);
  listed_brand row{.id = read.required_text("brandId", 64), .name = read.text("displayName")};
  TRY(read.finish());
  return row;
}

result<brand_row> read_brand(const json::object& members) {
  answer_reader read(members);
  brand_row row{.id = read.required_text("brandId", 64),
                .status = read.text("status", 64),
                .identity = read.text("identityStatus", 64),
                .entity_type = read.text("entityType", 64),
                .reason = words_of(members.if_contains("failureReasons")),
                .filed = mark_in(read.text("webhookURL", 4'096))};
  TRY(read.finish());
  return row;
}

struct field_name {
  std::string_view theirs;
  std::string_view ours;
};

constexpr field_name field_names[] = {
    {"companyName", "registered_name"},   {"displayName", "display_name"},
    {"ein", "ein"},                       {"entityType", "entity_type"},
    {"vertical", "industry"},             {"street", "address.line1"},
    {"city", "address.locality"},         {"state", "address.region"},
    {"postalCode", "address.postal_code"}, {"country", "country"},
    {"email", "contact.email"},           {"phone", "contact.phone_number"},
    {"website", "website"},               {"stockSymbol", "stock_symbol"},
    {"stockExchange", "stock_exchange"},  {"firstName", "contact.first_name"},
    {"lastName", "contact.last_name"},    {"mobilePhone", "mobile_number"},
};

void add_fields(const json::array& named, brand_report& into) {
  for (const json::value& each : named) {
    const json::string* text = each.if_string();
    if (text == nullptr) continue;
    for (const field_name& name : field_names) {
      if (name.theirs == std::string_view(text->data(), text->size())) {
        into.fields.emplace_back(name.ours);
      }
    }
  }
}

// What a brand's calls have in common: from its row to the report, with feedback or code.
class brand_flow : public flow<brand_report> {
 public:
  using flow::flow;

 protected:
  void read_and_report(const std::string& id) {
    ask_any({.path = "/10dlc/brand/" + id}, [this](api_answer got) {
      if (got.is_not_found()) return end(no_such_filing());
      if (got.failure) return end(*std::move(got.failure));
      auto row = read_brand(got.body);
      if (!row) return end(unreadable(false, row.error().internal));
      report(*row);
    });
  }

  void report(const brand_row& row) {
    report_.reference = row.id;
    report_.ask_again_after = ask_brand_again;
    if (row.is_verified()) {
      report_.status = brand_status::verified;
      return end(std::move(report_));
    }
    if (row.has_failed()) return ask_feedback(row);
    report_.status = brand_status::pending;
    if (row.needs_code()) return ask_for_code(row.id);
    end(std::move(report_));
  }

 private:
  void ask_feedback(const brand_row& row) {
    report_.status = brand_status::failed;
    report_.failure_reason =
        row.reason.empty() ? "The registry could not verify the company." : row.reason;
    ask_any({.path = "/10dlc/brand/feedback/" + row.id}, [this](api_answer got) {
      if (!got.failure) take_feedback(got.body);
      end(std::move(report_));
    });
  }

  void take_feedback(const json::object& body) {
    answer_reader read(body);
    for (const json::value& each : read.list("category")) {
      const json::object* category = each.if_object();
      if (category == nullptr) continue;
      answer_reader part(*category);
      add_fields(part.list("fields"), report_);
      const std::string words = words_of(category->if_contains("description"));
      if (!words.empty()) report_.failure_reason = words;
    }
  }

  void ask_for_code(const std::string& id) {
    ask_any({.path = "/10dlc/brand/" + id + "/smsOtp"}, [this, id](api_answer got) {
      if (got.is_not_found()) return trigger_code(id);
      if (got.failure) return end(*std::move(got.failure));
      answer_reader read(got.body);
      const bool is_confirmed = !read.text("verifyDate", 64).empty();
      if (const auto fits = read.finish(); !fits) {
        return end(unreadable(false, fits.error().internal));
      }
      if (is_confirmed) report_.status = brand_status::verified;
      tell_of_code(!is_confirmed);
    });
  }

 protected:
  void trigger_code(const std::string& id) {
    ask({.method = "POST",
         .path = "/10dlc/brand/" + id + "/smsOtp",
         .body = json::object{{"pinSms", "Your registration code is @OTP_PIN@."},
                              {"successSms", "Thank you, the registration is confirmed."}}},
        [this, id](json::object) {
          report_.reference = id;
          tell_of_code(true);
        });
  }

 private:
  void tell_of_code(bool awaits) {
    report_.awaits_code = awaits;
    report_.ask_again_after = ask_again_for_code;
    end(std::move(report_));
  }

  brand_report report_;
};

class filing_brand final : public brand_flow {
 public:
  filing_brand(const std::shared_ptr<account>& at, brand_filing filing,
               carrier_done<brand_report> done)
      : brand_flow(at, std::move(done)), filing_(std::move(filing)) {}

  void run() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    const std::string url = account->report_url(mark_query(filing_.mark, filing_.submission));
    body_ = brand_body(filing_, url);
    const json::value* name = body_.if_contains("displayName");
    const std::string shown =
        name == nullptr ? std::string() : std::string(name->get_string().c_str());
    scan_list<listed_brand>(account,
                            {.path = "/10dlc/brand?" + query_part("displayName", shown),
                             .form = list_form::records,
                             .read = &read_listed,
                             .wanted = [shown](const listed_brand& row) {
                               return row.name == shown;
                             }},
                            step<std::vector<listed_brand>>([this](std::vector<listed_brand> all) {
                              candidates_ = std::move(all);
                              judge_next();
                            }));
  }

 private:
  void judge_next() {
    if (candidates_.empty()) return begin_anew();
    const std::string id = std::move(candidates_.back().id);
    candidates_.pop_back();
    ask_any({.path = "/10dlc/brand/" + id}, [this](api_answer got) {
      if (got.is_not_found()) return judge_next();
      if (got.failure) return end(*std::move(got.failure));
      auto row = read_brand(got.body);
      if (!row) return end(unreadable(false, row.error().internal));
      if (row->filed.mark != filing_.mark) return judge_next();
      take(*row);
    });
  }

  // None has this name and our mark. A resubmission may have changed the name: look at them all.
  void begin_anew() {
    const auto account = at();
    if (account == nullptr) return end(account_is_gone());
    if (filing_.submission == 1 || looked_at_all_) return create();
    looked_at_all_ = true;
    scan_list<listed_brand>(account,
                            {.path = "/10dlc/brand",
                             .form = list_form::records,
                             .read = &read_listed,
                             .wanted = [](const listed_brand&) { return true; },
                             .unfiltered = true},
                            step<std::vector<listed_brand>>([this](std::vector<listed_brand> all) {
                              candidates_ = std::move(all);
                              judge_next();
                            }));
  }

  void create() {
    ask({.method = "POST", .path = "/10dlc/brand", .body = body_}, [this](json::object answer) {
      auto row = read_brand(answer);
      if (!row) return end(unreadable(true, row.error().internal));
      read_and_report(row->id);
    });
  }

  void take(const brand_row& row) {
    const bool is_corrected = row.filed.submission < filing_.submission;
    if (!is_corrected || !row.has_failed()) return report(row);
    ask({.method = "PUT", .path = "/10dlc/brand/" + row.id, .body = body_},
        [this, id = row.id](json::object) {
          ask({.method = "PUT", .path = "/10dlc/brand/" + id + "/revet"},
              [this, id](json::object) { read_and_report(id); });
        });
  }

  const brand_filing filing_;
  json::object body_;
  std::vector<listed_brand> candidates_;
  bool looked_at_all_ = false;
};

class asking_brand final : public brand_flow {
 public:
  using brand_flow::brand_flow;

  void run(const std::string& id) { read_and_report(id); }
  void text_code(const std::string& id) { trigger_code(id); }

  void confirm(const std::string& id, const std::string& code) {
    ask_any({.method = "PUT",
             .path = "/10dlc/brand/" + id + "/smsOtp",
             .body = json::object{{"otpPin", code}}},
            [this, id](api_answer got) {
              if (got.is_not_found()) return end(no_such_filing());
              const bool is_refused = got.failure && got.status >= 400 && got.status < 500 &&
                                      got.failure->code == error_code::carrier_refused;
              if (is_refused) return end(wrong_code(*got.failure));
              if (got.failure) return end(*std::move(got.failure));
              read_and_report(id);
            });
  }

 private:
  static error wrong_code(const error& told) {
    const bool is_expired = told.internal.find("expired") != std::string::npos;
    error no = is_expired ? refused(error_code::code_expired, "The code has expired.")
                          : refused(error_code::code_wrong, "The code is wrong.");
    no.internal = told.internal;
    return no;
  }
};

}  // namespace

bool is_reference(std::string_view text) noexcept {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!fits) return false;
  }
  return true;
}

error no_such_filing() {
  return refused(error_code::carrier_refused, "The carrier knows no such registration.");
}

void file_brand_at(const std::shared_ptr<account>& at, brand_filing filing,
                   carrier_done<brand_report> done) {
  std::make_shared<filing_brand>(at, std::move(filing), std::move(done))->run();
}

void ask_brand(const std::shared_ptr<account>& at, std::string reference,
               carrier_done<brand_report> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  std::make_shared<asking_brand>(at, std::move(done))->run(reference);
}

void text_brand_code(const std::shared_ptr<account>& at, std::string reference,
                     carrier_done<brand_report> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  std::make_shared<asking_brand>(at, std::move(done))->text_code(reference);
}

void confirm_code_of_brand(const std::shared_ptr<account>& at, std::string reference,
                           std::string code, carrier_done<brand_report> done) {
  if (!is_reference(reference)) return done(no_such_filing());
  std::make_shared<asking_brand>(at, std::move(done))->confirm(reference, code);
}

}  // namespace dialplane::telnyx
