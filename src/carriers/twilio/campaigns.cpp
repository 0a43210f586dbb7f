// Campaigns: a messaging service for each, found again by its name, with the registration in it;
// and the numbers that send under it. Toll-free verifications are in toll_free.cpp.
#include <boost/json/array.hpp>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/brand_rows.hpp"
#include "carriers/twilio/company.hpp"
#include "carriers/twilio/number_rows.hpp"
#include "carriers/twilio/toll_free.hpp"
#include "carriers/twilio/twilio_carrier.hpp"

namespace dialplane::twilio {

namespace {

error no_such_campaign() {
  return refused(error_code::carrier_refused, "The carrier does not know this campaign.");
}

std::string service_url(const api& through, const std::string& service, std::string_view below) {
  return through.messaging("/v1/Services/" + service).append(below);
}

std::string registrations_url(const api& through, const std::string& service) {
  return service_url(through, service, "/Compliance/Usa2p");
}

// The registration in a service; nothing where there is none.
void find_registration(const std::shared_ptr<api>& through, const std::string& service,
                       carrier_done<std::optional<json::object>> done) {
  auto found = std::make_shared<std::optional<json::object>>();
  through->walk(
      registrations_url(*through, service), "compliance",
      [found, service](const json::object& row) -> result<bool> {
        TRY_ASSIGN(const std::string of, optional_text_in(row, "messaging_service_sid", 64));
        if (!of.empty() && of != service) return false;
        *found = row;
        return true;
      },
      [found, done = std::move(done)](result<void> ended) mutable {
        if (!ended) return done(std::move(ended).error());
        done(std::move(*found));
      });
}

campaign_report ended_report(const std::string& service) {
  campaign_report report;
  report.reference = service;
  report.status = campaign_status::expired;
  report.status_detail = "ended";
  return report;
}

// One filing: the service by our mark, or a new one; then the registration in it.
struct campaign_run : std::enable_shared_from_this<campaign_run> {
  std::shared_ptr<api> through;
  campaign_filing filing;
  carrier_done<campaign_report> done;
  std::string service;
  std::int64_t handed_in = 0;  // by the service's name; -1: ended

  void begin() {
    const auto self = shared_from_this();
    through->walk(
        through->messaging("/v1/Services?PageSize=100"), "services",
        [self](const json::object& row) -> result<bool> {
          TRY_ASSIGN(const std::string name, optional_text_in(row, "friendly_name", 256));
          const auto submission = submission_in(name, self->filing.mark);
          if (!submission) return false;
          TRY_ASSIGN(self->service, sid_in(row, "sid", "MG"));
          self->handed_in = *submission;
          return true;
        },
        [self](result<void> ended) {
          if (!ended) return self->done(std::move(ended).error());
          if (self->handed_in < 0) return self->done(ended_report(self->service));
          self->service.empty() ? self->check_brand() : self->find();
        });
  }

  // A service without a brand behind it would only lie about.
  void check_brand() {
    if (!is_sid(filing.brand_reference, "BN")) {
      return done(refused(error_code::carrier_refused, "The carrier does not know this brand."));
    }
    through->get(through->messaging("/v1/a2p/BrandRegistrations/" + filing.brand_reference),
                 [self = shared_from_this()](result<json::object> row) {
                   if (!row) return self->done(std::move(row).error());
                   const auto brand = read_brand(*row);
                   if (!brand) return self->done(brand.error());
                   if (brand->status != brand_status::verified) {
                     return self->done(refused(error_code::carrier_refused,
                                               "The carrier has not approved this brand."));
                   }
                   self->make_service();
                 });
  }

  void make_service() {
    // A number in a service delivers to the service unless it is told to use its own address.
    through->post(through->messaging("/v1/Services"),
                  {{"FriendlyName", name_with_submission(filing.mark, filing.submission)},
                   {"UseInboundWebhookOnNumber", "true"},
                   {"StickySender", "false"},
                   {"Usecase", "undeclared"}},
                  [self = shared_from_this()](result<json::object> made) {
                    if (!made) return self->done(std::move(made).error());
                    auto sid = sid_in(*made, "sid", "MG");
                    if (!sid) return self->done(std::move(sid).error());
                    self->service = *std::move(sid);
                    self->register_it();
                  });
  }

  void find() {
    find_registration(through, service,
                      [self = shared_from_this()](result<std::optional<json::object>> found) {
                        if (!found) return self->done(std::move(found).error());
                        *found ? self->judge(**found) : self->register_it();
                      });
  }

  void register_it() {
    form_list fields = campaign_fields(filing);
    fields.emplace_back("BrandRegistrationSid", filing.brand_reference);
    through->post(registrations_url(*through, service), std::move(fields), reporting());
  }

  void judge(const json::object& row) {
    auto known = read_campaign(row, service);
    if (!known) return done(std::move(known).error());
    const bool is_again =
        known->status == campaign_status::rejected && handed_in < filing.submission;
    if (!is_again) return done(*std::move(known));
    const auto sid = sid_in(row, "sid", "QE");
    if (!sid) return done(sid.error());
    through->post(registrations_url(*through, service) + "/" + *sid, campaign_fields(filing),
                  [self = shared_from_this()](result<json::object> changed) {
                    if (!changed) return self->done(std::move(changed).error());
                    self->rename(*changed);
                  });
  }

  // The name says which submission the carrier has.
  void rename(const json::object& changed) {
    through->post(service_url(*through, service, ""),
                  {{"FriendlyName", name_with_submission(filing.mark, filing.submission)}},
                  [self = shared_from_this(), changed](result<json::object> renamed) {
                    if (!renamed) return self->done(std::move(renamed).error());
                    self->done(read_campaign(changed, self->service));
                  });
  }

  carrier_done<json::object> reporting() {
    return [self = shared_from_this()](result<json::object> row) {
      if (!row) return self->done(std::move(row).error());
      self->done(read_campaign(*row, self->service));
    };
  }
};

// Puts a number into a campaign's service.
void put_into_service(const std::shared_ptr<api>& through, const std::string& service,
                      const std::string& number, carrier_done<void> done) {
  through->exchange(
      "POST", service_url(*through, service, "/PhoneNumbers"), {{"PhoneNumberSid", number}},
      intent::change, [done = std::move(done)](result<api_answer> got) mutable {
        if (!got) return done(std::move(got).error());
        if (got->is_success() || got->code == code::in_this_service) return done({});
        done(error_of(got->status, got->code, got->message, intent::change));
      });
}

// Hands the owned number's sid on; conflict where it is not ours.
void with_number(const std::shared_ptr<api>& through, std::string e164,
                 carrier_done<std::string> done) {
  find_number(through, std::move(e164), "",
              [done = std::move(done)](result<std::optional<number_row>> found) mutable {
                if (!found) return done(std::move(found).error());
                if (!*found) {
                  return done(conflicting(error_code::number_unavailable,
                                          "The carrier account has no such number."));
                }
                done((*found)->sid);
              });
}

}  // namespace

void twilio_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  if (filing.mark.empty()) return done(bad_field("mark", "mark must not be empty."));
  if (filing.kind == campaign_kind::toll_free_verification) {
    return file_toll_free(api_, std::move(filing), settings_.notification_email, std::move(done));
  }
  auto run = std::make_shared<campaign_run>();
  run->through = api_;
  run->filing = std::move(filing);
  run->done = std::move(done);
  run->begin();
}

void twilio_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  if (is_sid(reference, "HH")) return toll_free_state(api_, reference, std::move(done));
  if (!is_sid(reference, "MG")) return done(no_such_campaign());
  find_registration(api_, reference,
                    [reference, done = std::move(done)](
                        result<std::optional<json::object>> found) mutable {
                      if (!found) return done(std::move(found).error());
                      if (!*found) return done(ended_report(reference));
                      done(read_campaign(**found, reference));
                    });
}

void twilio_carrier::attach_number(std::string campaign_reference, std::string e164,
                                   carrier_done<void> done) {
  if (is_sid(campaign_reference, "HH")) {
    return toll_free_state(api_, campaign_reference,
                           [done = std::move(done)](result<campaign_report> known) mutable {
                             if (!known) return done(std::move(known).error());
                             done({});
                           });
  }
  if (!is_sid(campaign_reference, "MG")) return done(no_such_campaign());
  with_number(api_, std::move(e164),
              [through = api_, campaign_reference,
               done = std::move(done)](result<std::string> number) mutable {
                if (!number) return done(std::move(number).error());
                put_into_service(through, campaign_reference, *number, std::move(done));
              });
}

void twilio_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                      carrier_done<attachment_report> done) {
  if (is_sid(campaign_reference, "HH")) {
    return toll_free_attachment(api_, campaign_reference, std::move(e164), std::move(done));
  }
  if (!is_sid(campaign_reference, "MG")) return done(no_such_campaign());
  with_number(
      api_, std::move(e164),
      [through = api_, campaign_reference,
       done = std::move(done)](result<std::string> number) mutable {
        if (!number) return done(std::move(number).error());
        const std::string url =
            service_url(*through, campaign_reference, "/PhoneNumbers/" + *number);
        through->exchange(
            "GET", url, {}, intent::read, [done = std::move(done)](result<api_answer> got) mutable {
              if (!got) return done(std::move(got).error());
              attachment_report report;
              report.status = attachment_status::attached;
              if (got->status == 404) {
                report.status = attachment_status::failed;
                report.failure_reason = "The number is not in the campaign's messaging service.";
              } else if (!got->is_success()) {
                return done(error_of(got->status, got->code, got->message, intent::read));
              }
              done(std::move(report));
            });
      });
}

void twilio_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  if (is_sid(reference, "HH")) {
    return api_->remove(api_->messaging("/v1/Tollfree/Verifications/" + reference),
                        std::move(done));
  }
  if (!is_sid(reference, "MG")) return done({});
  const auto through = api_;
  api_->get(service_url(*api_, reference, ""), [through, reference, done = std::move(done)](
                                                   result<json::object> service) mutable {
    if (!service) {
      const bool is_gone = service.error().kind == error_class::refused;
      return is_gone ? done({}) : done(std::move(service).error());
    }
    auto name = optional_text_in(*service, "friendly_name", 256);
    if (!name) return done(std::move(name).error());
    // The service stays under a name that says so: the same mark is not filed a second time.
    std::string ended = name->substr(0, name->find('.')).append(ended_suffix);
    through->post(
        service_url(*through, reference, ""), {{"FriendlyName", std::move(ended)}},
        [through, reference, done = std::move(done)](result<json::object> renamed) mutable {
          if (!renamed) return done(std::move(renamed).error());
          find_registration(
              through, reference,
              [through, reference,
               done = std::move(done)](result<std::optional<json::object>> found) mutable {
                if (!found) return done(std::move(found).error());
                if (!*found) return done({});
                const auto sid = sid_in(**found, "sid", "QE");
                if (!sid) return done(sid.error());
                through->remove(registrations_url(*through, reference) + "/" + *sid,
                                std::move(done));
              });
        });
  });
}

}  // namespace dialplane::twilio
