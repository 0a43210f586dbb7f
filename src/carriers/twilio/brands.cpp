// Brands: the way of a company through the carrier's trust hub to the campaign registry.
//
// A customer profile named by our mark, a bundle for texting named by mark and submission, then the
// brand. What is there already is found by those names, so that a filing cut short goes on.
#include <boost/json/serialize.hpp>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/brand_rows.hpp"
#include "carriers/twilio/trust_bundle.hpp"
#include "carriers/twilio/twilio_carrier.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::string_view brands_path = "/v1/a2p/BrandRegistrations";
constexpr std::chrono::milliseconds ask_bundle_again_after{60'000};

// What both runs share: from two bundles to a brand.
class brand_run : public trust_run {
 public:
  brand_run(std::shared_ptr<api> through, carrier_done<brand_report> done)
      : trust_run(std::move(through)), done_(std::move(done)) {}

 protected:
  void fail(error failure) override { done_(std::move(failure)); }

  void find_brand() {
    walk(through_->messaging(std::string(brands_path) + "?PageSize=100"), "data",
         [this](const json::object& row) -> result<bool> {
           TRY_ASSIGN(const std::string of,
                      optional_text_in(row, "customer_profile_bundle_sid", 64));
           if (of != profile_.sid) return false;
           brand_ = row;
           return true;
         });
  }

  void register_brand(bool sole_proprietor) {
    for (const trust_bundle* one : {&profile_, &texting_}) {
      if (one->status == "twilio-rejected") return report_rejected();
      if (one->status != "twilio-approved") return report_pending();
    }
    then([this] { report_brand(); });
    post(through_->messaging(brands_path),
         {{"CustomerProfileBundleSid", profile_.sid},
          {"A2PProfileBundleSid", texting_.sid},
          {"BrandType", sole_proprietor ? "SOLE_PROPRIETOR" : "STANDARD"}},
         [this](const json::object& row) -> result<void> {
           brand_ = row;
           return {};
         });
  }

  // As it is by now: some are decided within a second.
  void report_brand() {
    const auto known = read_brand(*brand_);
    if (!known) return done_(known.error());
    if (known->status != brand_status::pending) return done_(*known);
    then([this] { done_(read_brand(*brand_)); });
    get(through_->messaging(std::string(brands_path) + "/" + known->reference),
        [this](const json::object& row) -> result<void> {
          brand_ = row;
          return {};
        });
  }

  void report_pending() {
    brand_report report;
    report.reference = profile_.sid;
    report.ask_again_after = ask_bundle_again_after;
    done_(std::move(report));
  }

  void report_rejected() {
    brand_report report;
    report.reference = profile_.sid;
    report.status = brand_status::failed;
    report.failure_reason = "The carrier's reviewers rejected the company's profile.";
    done_(std::move(report));
  }

  carrier_done<brand_report> done_;
  trust_bundle profile_;
  trust_bundle texting_;
  std::optional<json::object> brand_;
};

class brand_filing_run final : public brand_run {
 public:
  brand_filing_run(std::shared_ptr<api> through, brand_filing filing, std::string primary,
                   std::string email, carrier_done<brand_report> done)
      : brand_run(std::move(through), std::move(done)),
        filing_(std::move(filing)),
        primary_(std::move(primary)),
        email_(std::move(email)) {
    if (email_.empty()) email_ = text_at(filing_.entity, "contact.email");
  }

  void begin() {
    then([this] { profile_.sid.empty() ? make_profile() : find_own_brand(); });
    find_bundle("CustomerProfiles", filing_.mark, profile_);
  }

 private:
  void make_profile() {
    then([this] { fill_profile(); });
    create_bundle(profile_, filing_.mark, profile_policy(filing_.sole_proprietor), email_);
  }

  void find_own_brand() {
    then([this] {
      if (brand_) return judge_existing();
      profile_.is_open() ? fill_profile() : find_texting();
    });
    find_brand();
  }

  void fill_profile() {
    for (const end_user& user : profile_end_users(filing_)) {
      then([this, user] { add_end_user(profile_, user); });
    }
    then([this] { add_address(profile_, address_fields(filing_)); });
    if (!primary_.empty()) then([this] { assign(profile_, primary_); });
    then([this] { submit(profile_, [this](const json::object& why) { report_lacking(why); }); });
    then([this] { find_texting(); });
    clear_bundle(profile_);
  }

  void find_texting() {
    then([this] {
      if (texting_.sid.empty()) return make_texting();
      texting_.is_open() ? fill_texting() : register_brand(filing_.sole_proprietor);
    });
    find_bundle("TrustProducts", name_with_submission(filing_.mark, filing_.submission),
                texting_);
  }

  void make_texting() {
    then([this] { fill_texting(); });
    create_bundle(texting_, name_with_submission(filing_.mark, filing_.submission),
                  texting_policy(filing_.sole_proprietor), email_);
  }

  void fill_texting() {
    then([this] { add_end_user(texting_, texting_end_user(filing_)); });
    then([this] { assign(texting_, profile_.sid); });
    then([this] { submit(texting_, [this](const json::object& why) { report_lacking(why); }); });
    then([this] { register_brand(filing_.sole_proprietor); });
    clear_bundle(texting_);
  }

  void report_lacking(const json::object& evaluation) {
    const auto found = read_evaluation(evaluation);
    if (!found) return done_(found.error());
    brand_report report;
    report.reference = profile_.sid;
    report.status = brand_status::failed;
    report.failure_reason = *found ? (*found)->reason : "The carrier gave no reason.";
    if (*found) report.fields = (*found)->fields;
    done_(std::move(report));
  }

  // There is a brand. A failed one is corrected, once for each submission.
  void judge_existing() {
    const auto known = read_brand(*brand_);
    if (!known) return done_(known.error());
    const auto bundle = sid_in(*brand_, "a2p_profile_bundle_sid", "BU");
    if (known->status != brand_status::failed || !bundle) return report_brand();
    texting_ = trust_bundle{.kind = "TrustProducts", .sid = *bundle};
    then([this] {
      const auto handed_in = submission_in(texting_.name, filing_.mark);
      if (handed_in.value_or(1) >= filing_.submission) return report_brand();
      correct();
    });
    get(url_of(texting_), [this](const json::object& row) -> result<void> {
      TRY_ASSIGN(texting_, read_bundle(row, "TrustProducts"));
      return {};
    });
  }

  void correct() {
    for (const trust_bundle* of : {&profile_, &texting_}) {
      then([this, of] { list_objects(*of); });
    }
    then([this] { correct_objects(); });
    then([this] {
      const std::string sid = text_at(*brand_, "sid");
      post(through_->messaging(std::string(brands_path) + "/" + sid), {},
           [this](const json::object& row) -> result<void> {
             brand_ = row;
             return {};
           });
    });
    then([this] {
      post(url_of(texting_),
           {{"FriendlyName", name_with_submission(filing_.mark, filing_.submission)}});
    });
    then([this] { report_brand(); });
    next();
  }

  void list_objects(const trust_bundle& of) {
    walk(url_of(of, "/EntityAssignments?PageSize=50"), "results",
         [this](const json::object& row) -> result<bool> {
           TRY_ASSIGN(std::string sid, text_in(row, "object_sid", 64));
           objects_.push_back(std::move(sid));
           return objects_.size() >= 64;
         });
  }

  void correct_objects() {
    std::vector<step> steps;
    for (const std::string& sid : objects_) {
      if (is_sid(sid, "IT")) steps.push_back([this, sid] { correct_end_user(sid); });
      if (is_sid(sid, "RD")) steps.push_back([this, sid] { correct_address(sid); });
    }
    then_first(std::move(steps));
    next();
  }

  void correct_end_user(const std::string& sid) {
    const std::string url = through_->trusthub("/v1/EndUsers/" + sid);
    get(url, [this, url](const json::object& row) -> result<void> {
      TRY_ASSIGN(const std::string type, text_in(row, "type", 128));
      std::vector<end_user> users = profile_end_users(filing_);
      users.push_back(texting_end_user(filing_));
      for (const end_user& user : users) {
        if (user.type != type) continue;
        const std::string attributes = json::serialize(user.attributes);
        then_first({[this, url, attributes] { post(url, {{"Attributes", attributes}}); }});
      }
      return {};
    });
  }

  void correct_address(const std::string& document) {
    post(through_->core("/Addresses.json"), address_fields(filing_),
         [this, document](const json::object& made) -> result<void> {
           TRY_ASSIGN(const std::string sid, sid_in(made, "sid", "AD"));
           const std::string attributes = json::serialize(json::object{{"address_sids", sid}});
           then_first({[this, document, attributes] {
             post(through_->trusthub("/v1/SupportingDocuments/" + document),
                  {{"Attributes", attributes}});
           }});
           return {};
         });
  }

  const brand_filing filing_;
  const std::string primary_;
  std::string email_;
  std::vector<std::string> objects_;
};

// Asks for a brand's state by the profile it is to come from, and goes on where that is approved.
class brand_state_run final : public brand_run {
 public:
  using brand_run::brand_run;

  void begin(const std::string& profile) {
    then([this] { find_brand(); });
    then([this] { brand_ ? report_brand() : find_texting(); });
    get(through_->trusthub("/v1/CustomerProfiles/" + profile),
        [this](const json::object& row) -> result<void> {
          TRY_ASSIGN(profile_, read_bundle(row, "CustomerProfiles"));
          return {};
        });
  }

 private:
  void find_texting() {
    then([this] {
      if (texting_.sid.empty()) return report_pending();
      register_brand(texting_.policy == texting_policy(true));
    });
    walk(through_->trusthub("/v1/TrustProducts?PageSize=50"), "results",
         [this](const json::object& row) -> result<bool> {
           TRY_ASSIGN(trust_bundle read, read_bundle(row, "TrustProducts"));
           const auto submission = submission_in(read.name, profile_.name);
           if (!submission || *submission < latest_) return false;
           latest_ = *submission;
           texting_ = std::move(read);
           return false;
         });
  }

  std::int64_t latest_ = 0;
};

error no_such_brand() {
  return refused(error_code::carrier_refused, "The carrier does not know this brand.");
}

}  // namespace

void twilio_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  if (filing.mark.empty()) return done(bad_field("mark", "mark must not be empty."));
  const bool has_ein = !filing.ein.empty();
  if (has_ein == filing.sole_proprietor) {
    return done(refused(error_code::registration_incomplete,
                        filing.sole_proprietor ? "A sole proprietor has no EIN."
                                               : "A company needs its EIN."));
  }
  std::make_shared<brand_filing_run>(api_, std::move(filing), settings_.primary_profile_sid,
                                     settings_.notification_email, std::move(done))
      ->begin();
}

void twilio_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  if (is_sid(reference, "BU")) {
    std::make_shared<brand_state_run>(api_, std::move(done))->begin(reference);
    return;
  }
  if (!is_sid(reference, "BN")) return done(no_such_brand());
  api_->get(api_->messaging(std::string(brands_path) + "/" + reference),
            [done = std::move(done)](result<json::object> row) mutable {
              if (!row) return done(std::move(row).error());
              done(read_brand(*row));
            });
}

void twilio_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  if (!is_sid(reference, "BN")) return done(no_such_brand());
  api_->post(api_->messaging(std::string(brands_path) + "/" + reference + "/SmsOtp"), {},
             [this_api = api_, reference, done = std::move(done)](
                 result<json::object> sent) mutable {
               if (!sent) return done(std::move(sent).error());
               this_api->get(this_api->messaging(std::string(brands_path) + "/" + reference),
                             [done = std::move(done)](result<json::object> row) mutable {
                               if (!row) return done(std::move(row).error());
                               done(read_brand(*row));
                             });
             });
}

void twilio_carrier::confirm_brand_code(std::string reference, std::string /*code*/,
                                        carrier_done<brand_report> done) {
  brand_state(std::move(reference), [done = std::move(done)](result<brand_report> report) mutable {
    if (report && report->status == brand_status::pending) {
      return done(refused(error_code::code_wrong,
                          "The owner confirms by answering the carrier's text from the mobile "
                          "number; the carrier has no such answer yet."));
    }
    done(std::move(report));
  });
}

}  // namespace dialplane::twilio
