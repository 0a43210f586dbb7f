// Campaigns of both kinds, their reviewers, and the attachment of numbers.
#include <algorithm>
#include <array>

#include "emulators/surge/surge_emulator.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 10> use_cases = {
    "account_notification", "customer_care", "delivery_notification", "fraud_alert",
    "higher_education", "marketing", "polling_voting", "public_service_announcement",
    "security_alert", "two_factor_authentication"};
constexpr std::array<std::string_view, 4> includable = {"links", "phone_numbers", "age_gated",
                                                        "direct_lending"};

// From `min` to `max` texts; each one of `known`, where there are such.
template <std::size_t N>
bool is_list(const json::object& given, std::string_view member, std::size_t min, std::size_t max,
             const std::array<std::string_view, N>* known) {
  const json::value* found = given.if_contains(member);
  if (found == nullptr || !found->is_array()) return false;
  const json::array& list = found->get_array();
  if (list.size() < min || list.size() > max) return false;
  return std::all_of(list.begin(), list.end(), [&](const json::value& each) {
    if (!each.is_string() || each.get_string().empty()) return false;
    if (known == nullptr) return true;
    return std::find(known->begin(), known->end(), std::string_view(each.get_string())) !=
           known->end();
  });
}

bool is_list(const json::object& given, std::string_view member, std::size_t min,
             std::size_t max) {
  return is_list<1>(given, member, min, max, nullptr);
}

std::optional<http_response> judge(const json::object& given, bool toll_free) {
  if (!toll_free && given.contains("tcr_id")) {
    const bool alone = given.size() == 1 && !text_of(given, "tcr_id").empty();
    return alone ? std::optional<http_response>() : wrong_field("tcr_id", "must come alone");
  }
  for (const char* member : {"description", "privacy_policy_url", "terms_and_conditions_url"}) {
    if (text_of(given, member).empty()) return wrong_field(member, "can't be blank");
  }
  if (!is_list(given, "message_samples", toll_free ? 1 : 2, 5)) {
    return wrong_field("message_samples", "should have 2 to 5 items");
  }
  if (!is_list(given, "use_cases", 1, 5, &use_cases)) {
    return wrong_field("use_cases", "is invalid");
  }
  if (toll_free) {
    const json::value* flows = given.if_contains("consent_flows");
    const bool has_flow = flows != nullptr && flows->is_array() && !flows->get_array().empty();
    if (!has_flow) return wrong_field("consent_flows", "can't be blank");
    if (text_of(given, "description").size() < 40) {
      return wrong_field("description", "should be at least 40 characters");
    }
    return std::nullopt;
  }
  if (text_of(given, "consent_flow").empty()) return wrong_field("consent_flow", "can't be blank");
  const std::string volume = text_of(given, "volume");
  if (volume != "low" && volume != "high") return wrong_field("volume", "is invalid");
  const json::value* includes = given.if_contains("includes");
  if (includes != nullptr && !is_list(given, "includes", 0, 4, &includable)) {
    return wrong_field("includes", "is invalid");
  }
  return std::nullopt;
}

bool is_locked(const campaign& one) {
  return one.status == "in_review" || one.status == "active" || one.status == "deactivated" ||
         one.status == "canceled";
}

}  // namespace

json::object surge_emulator::shown(const campaign& one) {
  json::object all = one.inputs;
  all["id"] = one.id;
  all["status"] = one.status;
  return all;
}

http_response surge_emulator::create_campaign(request asked, bool toll_free) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  if (auto wrong = judge(asked.json(), toll_free)) return *std::move(wrong);
  campaign one;
  if (toll_free) {
    const auto number = books_.numbers.find(text_of(asked.json(), "phone_number_id"));
    const bool fits = number != books_.numbers.end() && number->second.account == owner->id &&
                      number->second.type == "toll_free";
    if (!fits) return wrong_field("phone_number_id", "must be a toll-free number");
    for (const auto& [id, each] : books_.campaigns) {
      if (each.toll_free && text_of(each.inputs, "phone_number_id") == number->first) {
        return failure(409, "conflict", "The number has a toll-free campaign.");
      }
    }
  } else if (!fields_needed(*owner).empty() || !owner->complaint.empty()) {
    return failure(422, "account_not_ready", "The account is not ready for a campaign.");
  }
  one.id = new_id(toll_free ? "tfc" : "cpn");
  one.account = owner->id;
  one.toll_free = toll_free;
  one.inputs = asked.json();
  one.status = toll_free ? "in_review" : "created";
  review_later(one);
  const auto added = books_.campaigns.emplace(one.id, std::move(one)).first;
  return json_response(201, shown(added->second));
}

http_response surge_emulator::list_campaigns(request asked, bool toll_free) {
  http_response refusal;
  const account* owner = account_of(asked, refusal);
  if (owner == nullptr) return refusal;
  std::vector<json::object> rows;
  for (const auto& [id, one] : books_.campaigns) {
    if (one.account == owner->id && one.toll_free == toll_free) rows.push_back(shown(one));
  }
  return page_of(asked, rows);
}

http_response surge_emulator::show_campaign(request asked) {
  const auto found = books_.campaigns.find(std::string(asked.value("id")));
  if (found == books_.campaigns.end()) {
    return failure(404, "not_found", "There is no such campaign.");
  }
  return json_response(200, shown(found->second));
}

http_response surge_emulator::change_campaign(request asked) {
  const auto found = books_.campaigns.find(std::string(asked.value("id")));
  if (found == books_.campaigns.end()) {
    return failure(404, "not_found", "There is no such campaign.");
  }
  campaign& one = found->second;
  if (is_locked(one)) {
    return one.toll_free ? failure(409, "conflict", "The campaign cannot be changed now.")
                         : failure(422, "campaign_locked", "The campaign cannot be changed now.");
  }
  if (auto wrong = judge(asked.json(), one.toll_free)) return *std::move(wrong);
  one.inputs = asked.json();
  one.status = one.toll_free ? "in_review" : "created";
  ++one.submission;
  review_later(one);
  return json_response(200, shown(one));
}

// ---- review -----------------------------------------------------------------------------------

std::optional<review> surge_emulator::draw_review(
    std::initializer_list<std::string_view> outcomes) {
  for (auto at = books_.reviews.begin(); at != books_.reviews.end(); ++at) {
    if (std::find(outcomes.begin(), outcomes.end(), at->outcome) == outcomes.end()) continue;
    review drawn = *at;
    if (--at->count == 0) books_.reviews.erase(at);
    return drawn;
  }
  return std::nullopt;
}

void surge_emulator::review_later(const campaign& one) {
  const auto as_submitted = [this, id = one.id, submission = one.submission]() -> campaign* {
    const auto found = books_.campaigns.find(id);
    const bool same = found != books_.campaigns.end() && found->second.submission == submission;
    return same ? &found->second : nullptr;
  };
  time().after(options_.review / 10, [as_submitted] {
    campaign* submitted = as_submitted();
    if (submitted != nullptr && submitted->status == "created") submitted->status = "in_review";
  });
  time().after(options_.review, [this, as_submitted] {
    const campaign* submitted = as_submitted();
    if (submitted == nullptr || submitted->status != "in_review") return;
    const auto order = draw_review({"approve", "reject", "changes_needed"});
    const auto fault = faults().draw("campaign_rejected", "create_campaign");
    if (order) return decide(submitted->id, order->outcome, order->reason);
    decide(submitted->id, fault ? "reject" : "approve", fault ? fault->text : "");
  });
}

void surge_emulator::decide(const std::string& id, const std::string& outcome,
                            const std::string& reason) {
  const auto found = books_.campaigns.find(id);
  if (found == books_.campaigns.end()) return;
  campaign& one = found->second;
  one.note = reason;
  if (outcome == "reject") {
    one.status = "rejected";
  } else if (outcome == "changes_needed") {
    one.status = "changes_needed";
  } else if (outcome == "deactivate") {
    one.status = "deactivated";
    for (auto& [number_id, each] : books_.numbers) {
      if (each.campaign == id) each.attachment = "detached";
    }
  } else {
    one.status = "active";
    if (one.toll_free) return;
    tell("campaign.approved", one.account, {{"id", one.id}, {"status", "active"}});
    attach_all(one);
  }
}

// ---- attachment -------------------------------------------------------------------------------

void surge_emulator::attach_all(const campaign& active) {
  for (auto& [id, each] : books_.numbers) {
    if (each.account != active.account || each.type != "local") continue;
    if (!each.campaign.empty() && each.campaign != active.id) continue;
    each.campaign = active.id;
    attach_later(id);
  }
}

void surge_emulator::attach_later(const std::string& number_id) {
  const auto found = books_.numbers.find(number_id);
  if (found == books_.numbers.end()) return;
  found->second.attachment = "attachment_pending";
  time().after(options_.attachment, [this, number_id] { finish_attachment(number_id); });
}

void surge_emulator::finish_attachment(const std::string& number_id) {
  const auto found = books_.numbers.find(number_id);
  if (found == books_.numbers.end()) return;
  number& one = found->second;
  const auto owner = books_.campaigns.find(one.campaign);
  const bool is_active = owner != books_.campaigns.end() && owner->second.status == "active";
  // Of a campaign that is still in review: when that becomes active.
  if (one.attachment != "attachment_pending" || !is_active) return;
  if (draw_review({"attachment_fails"}) || faults().draw("attachment_fails", "change_number")) {
    one.attachment = "detached";
    return;
  }
  one.attachment = "attached";
  tell("phone_number.attached_to_campaign", one.account, shown(one));
}

}  // namespace dialplane::emulators::surge
