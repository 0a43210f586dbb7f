#include "domain/send_readiness.hpp"

#include <utility>

namespace dialplane {

namespace {

constexpr std::string_view nothing_to_do = "Nothing to do: this ends by itself.";

class verdict {
 public:
  void add(send_obstacle what, std::string_view reason, std::optional<timestamp> since,
           std::string_view next_step) {
    found_.blockers.push_back({what, std::string(reason), since, std::string(next_step)});
  }
  send_readiness take() {
    found_.may_send = found_.blockers.empty();
    return std::move(found_);
  }

 private:
  send_readiness found_;
};

void judge_number(const number& sender, verdict& into) {
  switch (sender.status) {
    case number_status::active:
    case number_status::suspended: return;  // suspended: the rental
    case number_status::pending:
      return into.add(send_obstacle::number, "The number is still being bought.",
                      sender.created_at, nothing_to_do);
    case number_status::releasing:
      return into.add(send_obstacle::number, "The number is being given back.",
                      sender.updated_at,
                      "Take it back with POST /v1/phone/{id}/restore while that is possible.");
    case number_status::released:
      return into.add(send_obstacle::number, "The number was given back.", sender.released_at,
                      "Provision another number.");
  }
}

constexpr std::string_view fix_and_resubmit =
    "See GET /v1/phone/registration/check, correct the legal entity with "
    "PATCH /v1/formation/{id}, then POST /v1/campaigns/{id}/resubmit.";

void judge_brand(const brand& company, verdict& into) {
  switch (company.stage) {
    case brand_stage::verified: return;
    case brand_stage::pending_otp:
      return into.add(send_obstacle::brand,
                      "The owner has not confirmed the registration by the texted code.",
                      company.stage_since,
                      "POST /v1/phone/brand-verification/confirm with the code; "
                      "/v1/phone/brand-verification/resend texts a new one.");
    case brand_stage::draft:
      return into.add(send_obstacle::brand, "The company is not registered yet.",
                      company.stage_since,
                      company.findings == "[]" ? nothing_to_do : fix_and_resubmit);
    case brand_stage::submitted:
    case brand_stage::resubmitted:
      return into.add(send_obstacle::brand, "The registry is checking the company.",
                      company.stage_since, nothing_to_do);
    case brand_stage::failed:
      return into.add(send_obstacle::brand,
                      "The registry could not verify the company: " +
                          company.failure_reason.value_or("it gave no reason."),
                      company.stage_since, fix_and_resubmit);
  }
}

std::string with_reason(std::string sentence, const std::optional<std::string>& reason) {
  return reason ? sentence + ": " + *reason : sentence + ".";
}

// The same states for both kinds; only the words differ.
void judge_filing(const campaign& filed, verdict& into) {
  const bool ten_dlc = filed.kind == campaign_kind::ten_dlc;
  const send_obstacle what = ten_dlc ? send_obstacle::campaign : send_obstacle::verification;
  const std::string name = ten_dlc ? "campaign" : "toll-free verification";
  const auto add = [&](const std::string& reason, std::string_view next_step) {
    into.add(what, reason, filed.status_since, next_step);
  };
  switch (filed.status) {
    case campaign_status::active: return;
    case campaign_status::created:
      return add("The " + name + " waits to be reviewed.", nothing_to_do);
    case campaign_status::in_review:
      return add("The carrier is reviewing the " + name + ".", nothing_to_do);
    case campaign_status::rejected:
      if (filed.is_not_filed()) {
        return add("The " + name + " was not filed: carriers would reject it as it is.",
                   fix_and_resubmit);
      }
      return add(with_reason("The carrier rejected the " + name, filed.rejection_reason),
                 fix_and_resubmit);
    case campaign_status::suspended:
      return add(with_reason("The carrier has suspended the " + name, filed.rejection_reason),
                 "Settle it with the carrier; texts go out again when it lifts the suspension.");
    case campaign_status::expired:
      return add("The " + name + " has ended.",
                 "Release the number, or provision one under a new campaign.");
  }
}

void judge_attachment(const number& sender, const campaign& filed, verdict& into) {
  const auto since = sender.attachment_since ? sender.attachment_since : filed.approved_at;
  switch (sender.attachment()) {
    case attachment_status::attached: return;
    case attachment_status::pending:
      return into.add(send_obstacle::attachment,
                      "The number is not attached to its campaign yet.", since, nothing_to_do);
    case attachment_status::failed:
      return into.add(send_obstacle::attachment,
                      "The number could not be attached: " +
                          sender.attachment_failure.value_or("no reason was given."),
                      since, "Nothing to do: it is tried again.");
  }
}

void judge_registration(const send_facts& facts, verdict& into) {
  const number& sender = facts.sender;
  if (!facts.filed) {
    const bool ten_dlc = sender.type == number_type::local;
    return into.add(ten_dlc ? send_obstacle::campaign : send_obstacle::verification,
                    "The number is not registered to send texts.", sender.created_at,
                    "Provision numbers that are to send texts with POST /v1/phone/provision.");
  }
  const campaign& filed = *facts.filed;
  if (filed.kind == campaign_kind::toll_free_verification) return judge_filing(filed, into);
  // An approved campaign is proof enough of its company.
  if (facts.registered && filed.status != campaign_status::active) {
    judge_brand(*facts.registered, into);
  }
  judge_filing(filed, into);
  judge_attachment(sender, filed, into);
}

}  // namespace

send_readiness judge_readiness(const send_facts& facts) {
  verdict found;
  judge_number(facts.sender, found);
  judge_registration(facts, found);
  if (facts.sender.status == number_status::suspended) {
    found.add(send_obstacle::rental, "The number's rental is not paid.", facts.sender.updated_at,
              "Top up with POST /v1/billing/topup.");
  }
  if (facts.available < facts.segment_price) {
    found.add(send_obstacle::credit,
              "The balance is below the price of one text, " + to_decimal(facts.segment_price) +
                  " credits.",
              std::nullopt, "Top up with POST /v1/billing/topup.");
  }
  return found.take();
}

bool is_registered_to_send(const number& sender, const std::optional<campaign>& filed) noexcept {
  if (!filed || filed->status != campaign_status::active) return false;
  return filed->kind == campaign_kind::toll_free_verification || sender.campaign_attached;
}

}  // namespace dialplane
