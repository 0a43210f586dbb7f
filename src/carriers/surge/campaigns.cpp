#include "carriers/surge/campaigns.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "carriers/surge/number_finding.hpp"
#include "carriers/surge/organization.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t campaign_pages_max = 40;
constexpr std::chrono::milliseconds poll_every{15 * 60'000};

std::string campaign_path(const std::string& reference) {
  const char* folder = is_toll_free_reference(reference) ? "/toll_free_campaigns/"
                                                         : "/campaigns/";
  return folder + percent_encoded(reference);
}

// Every 15 minutes, and not all at once.
std::chrono::milliseconds next_question(random_source& random) {
  const std::int64_t tenth = poll_every.count() / 10;
  const auto jitter = static_cast<std::int64_t>(random.below(2 * tenth));
  return poll_every + std::chrono::milliseconds(jitter - tenth);
}

campaign_report report_of(office& at, const filed_campaign& filed) {
  const auto before = at.known_campaigns.find(filed.id).value_or(campaign_status::in_review);
  campaign_report report;
  report.reference = filed.id;
  report.status = status_of_word(filed.status, before);
  report.status_detail = filed.status;
  report.ask_again_after = next_question(at.random);
  if (report.status == campaign_status::rejected) {
    report.rejection_reason =
        filed.is_over() ? "Surge ended the campaign (" + filed.status + ")."
                        : "Surge did not approve the campaign; its reviewers write by e-mail what "
                          "is to be corrected.";
  }
  const bool known_word = status_of_word(filed.status, campaign_status::created) ==
                          status_of_word(filed.status, campaign_status::active);
  if (!known_word) {
    log_line(log_level::warn, "a campaign's state has a word that is not known",
             {{"carrier", at.abilities.name}, {"word", filed.status}, {"campaign", filed.id}});
  }
  at.known_campaigns.put(filed.id, report.status);
  return report;
}

// A value was wrong in itself.
campaign_report campaign_not_accepted(const api_failure& why, std::string reference) {
  campaign_report report;
  report.reference = std::move(reference);
  report.status = campaign_status::rejected;
  report.status_detail = why.type;
  std::string reason = "Surge does not accept the campaign's record.";
  for (std::size_t i = 0; i < why.fields.size(); ++i) {
    const std::string field = "messaging." + why.fields[i];
    report.fields.push_back(field);
    if (!why.complaints[i].empty() && i < 5) reason += " " + field + " " + why.complaints[i] + ".";
  }
  report.rejection_reason = std::move(reason);
  return report;
}

class filing_run : public std::enable_shared_from_this<filing_run> {
 public:
  filing_run(office_ptr at, campaign_filing filing, carrier_done<campaign_report> done)
      : at_(std::move(at)), filing_(std::move(filing)), done_(std::move(done)) {}

  void start() {
    if (is_toll_free()) return find_its_number();
    if (!filing_.brand_reference.empty()) {
      if (!is_id_shape(filing_.brand_reference)) return done_(no_such_brand());
      account_ = filing_.brand_reference;
      return list("");
    }
    at_->accounts->find(filing_.owner, [self = shared_from_this()](auto account) {
      if (!account) return self->done_(std::move(account).error());
      if (!*account) return self->done_(no_such_brand());
      self->account_ = (**account).id;
      self->list("");
    });
  }

 private:
  bool is_toll_free() const { return filing_.kind == campaign_kind::toll_free_verification; }

  static error no_such_brand() {
    return refused(error_code::resource_not_found, "Surge knows no such account.");
  }

  void find_its_number() {
    find_number(at_, filing_.e164, "", [self = shared_from_this()](auto number) {
      if (!number) return self->done_(std::move(number).error());
      if (!*number) {
        return self->done_(conflicting(error_code::resource_not_found,
                                       "The number is not in this Surge project any more."));
      }
      self->account_ = (**number).account;
      self->number_id_ = (**number).id;
      self->list("");
    });
  }

  std::string list_path() const {
    return "/accounts/" + percent_encoded(account_) +
           (is_toll_free() ? "/toll_free_campaigns" : "/campaigns");
  }

  void list(const std::string& cursor) {
    if (cursor.empty()) asked_at_ = at_->time.now();
    std::string path = list_path();
    if (!cursor.empty()) path += "?after=" + percent_encoded(cursor);
    at_->api.read(std::move(path), [self = shared_from_this(), cursor](api_result page) {
      if (!page) return self->list_failed(std::move(page).error());
      const auto next = self->take_page(*page);
      if (!next) return self->done_(strange_answer(next.error().message, call_effect::reads));
      const bool goes_on = !next->empty() && *next != cursor && ++self->pages_ < campaign_pages_max;
      goes_on ? self->list(*next) : self->listed();
    });
  }

  void list_failed(api_failure why) {
    if (why.says_absent()) return done_(no_such_brand());
    done_(std::move(why.what));
  }

  result<std::string> take_page(const json::object& page) {
    TRY_ASSIGN(const json::array* rows, array_in(page, "data"));
    for (const json::value& row : *rows) {
      if (!row.is_object()) return unreadable("data");
      TRY_ASSIGN(filed_campaign one, read_campaign(row.get_object()));
      if (!is_this(one) || one.is_over()) continue;
      if (!found_ || found_->id < one.id) found_ = std::move(one);  // the newest
    }
    return next_cursor_in(page);
  }

  bool is_this(const filed_campaign& one) const {
    const auto filed_as = at_->marks_of_campaigns.find(one.id);
    if (filed_as) return *filed_as == filing_.mark;
    if (is_toll_free()) return one.phone_number == number_id_;
    const json::object body = campaign_body(filing_);
    if (const json::value* external = body.if_contains("tcr_id")) {
      return one.tcr_id == std::string_view(external->get_string());
    }
    if (one.use_cases.empty()) return false;
    if (one.use_cases.front() == filing_.use_case) return true;
    const bool has_it = std::find(one.use_cases.begin(), one.use_cases.end(),
                                  filing_.use_case) != one.use_cases.end();
    const json::value* description = body.if_contains("description");
    return has_it && description != nullptr && description->is_string() &&
           one.description == std::string_view(description->get_string());
  }

  void listed() {
    if (found_) {
      at_->unsettled_filings.forget(filing_.mark);
      at_->marks_of_campaigns.put(found_->id, filing_.mark);
      const bool again = filing_.submission > 1 && found_->may_be_corrected() && !was_sent_;
      return again ? correct() : done_(report_of(*at_, *found_));
    }
    if (was_sent_) return done_(strange_answer("filed, and not listed", call_effect::writes));
    const auto since = at_->unsettled_filings.find(filing_.mark);
    if (since && asked_at_ - *since < at_->abilities.settling_time) {
      return done_(not_done(error_code::carrier_unavailable,
                            "The carrier may still take an earlier filing.", "unsettled"));
    }
    create();
  }

  json::object body() const {
    return is_toll_free() ? toll_free_body(filing_, number_id_) : campaign_body(filing_);
  }

  void create() {
    at_->unsettled_filings.put(filing_.mark, at_->time.now());
    at_->api.write("POST", list_path(), body(), [self = shared_from_this()](api_result answer) {
      self->take("", std::move(answer));
    });
  }

  void correct() {
    at_->api.write("PATCH", campaign_path(found_->id), body(),
                   [self = shared_from_this()](api_result answer) {
                     self->take(self->found_->id, std::move(answer));
                   });
  }

  // `reference`: of what was corrected; empty: filed anew.
  void take(const std::string& reference, api_result answer) {
    if (answer) {
      auto filed = read_campaign(*answer);
      if (!filed) return look_again();
      at_->unsettled_filings.forget(filing_.mark);
      at_->marks_of_campaigns.put(filed->id, filing_.mark);
      return done_(report_of(*at_, *filed));
    }
    api_failure why = std::move(answer).error();
    if (why.what.kind == error_class::unknown) return look_again();
    at_->unsettled_filings.forget(filing_.mark);
    // In review or decided already: an earlier try was taken. Or another took the number.
    if (why.what.kind == error_class::conflict) return look_again();
    if (why.is("validation_error")) return done_(campaign_not_accepted(why, reference));
    done_(why.says_absent() ? no_such_brand() : std::move(why.what));
  }

  void look_again() {
    was_sent_ = true;
    found_.reset();
    pages_ = 0;
    list("");
  }

  office_ptr at_;
  const campaign_filing filing_;
  carrier_done<campaign_report> done_;
  std::string account_;
  std::string number_id_;
  timestamp asked_at_;  // when the list was: what it lacks may have come since
  std::optional<filed_campaign> found_;
  std::size_t pages_ = 0;
  bool was_sent_ = false;
};

void read_one(office_ptr at, const std::string& reference, carrier_done<filed_campaign> done) {
  if (!is_id_shape(reference)) return done(no_such_campaign());
  at->api.read(campaign_path(reference), [done = std::move(done)](api_result answer) mutable {
    if (!answer) {
      api_failure why = std::move(answer).error();
      return done(why.says_absent() ? no_such_campaign() : std::move(why.what));
    }
    auto filed = read_campaign(*answer);
    if (!filed) return done(strange_answer(filed.error().message, call_effect::reads));
    done(*std::move(filed));
  });
}

}  // namespace

error no_such_campaign() {
  return refused(error_code::resource_not_found, "Surge knows no such campaign.");
}

void file_campaign(office_ptr at, campaign_filing filing, carrier_done<campaign_report> done) {
  std::make_shared<filing_run>(std::move(at), std::move(filing), std::move(done))->start();
}

void read_campaign_state(office_ptr at, std::string reference,
                         carrier_done<campaign_report> done) {
  read_one(at, reference, [at, done = std::move(done)](auto filed) mutable {
    if (!filed) return done(std::move(filed).error());
    done(report_of(*at, *filed));
  });
}

void end_campaign(office_ptr at, std::string reference, carrier_done<void> done) {
  read_one(at, reference, [done = std::move(done)](auto filed) mutable {
    if (!filed) {
      const bool is_gone = filed.error().code == error_code::resource_not_found;
      return is_gone ? done({}) : done(std::move(filed).error());
    }
    if (filed->is_over()) return done({});
    done(refused(error_code::carrier_refused,
                 "Surge has no call that ends a campaign: ask its support, or archive the whole "
                 "account in its dashboard, which releases its numbers too."));
  });
}

}  // namespace dialplane::surge
