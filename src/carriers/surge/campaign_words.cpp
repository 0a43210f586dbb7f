// What campaigns look like on the wire, both ways.
#include <boost/json/array.hpp>

#include "carriers/surge/campaigns.hpp"
#include "carriers/surge/wire_reading.hpp"

namespace dialplane::surge {

namespace {

namespace json = boost::json;

constexpr std::size_t description_bytes_max = 32'768;
constexpr std::size_t use_cases_max = 32;

const json::object* messaging_of(const campaign_filing& filing) {
  const json::value* found = filing.entity.if_contains("messaging");
  return found == nullptr ? nullptr : found->if_object();
}

void copy(const json::object& from, std::string_view member, json::object& into) {
  const json::value* found = from.if_contains(member);
  if (found != nullptr && !found->is_null()) into[member] = *found;
}

// The filing's own first: by it the campaign is found again.
json::array use_cases_of(const campaign_filing& filing, const json::object* messaging) {
  json::array cases;
  if (!filing.use_case.empty()) cases.emplace_back(filing.use_case);
  const json::value* listed = messaging == nullptr ? nullptr
                                                   : messaging->if_contains("use_cases");
  if (listed == nullptr || !listed->is_array()) return cases;
  for (const json::value& each : listed->get_array()) {
    const bool is_new = each.is_string() && each.get_string() != filing.use_case;
    if (is_new && cases.size() < 5) cases.push_back(each);
  }
  return cases;
}

}  // namespace

bool filed_campaign::may_be_corrected() const noexcept {
  return status != "in_review" && status != "pending" && status != "active" && !is_over();
}

result<filed_campaign> read_campaign(const json::object& answer) {
  filed_campaign campaign;
  TRY_ASSIGN(campaign.id, id_in(answer));
  TRY_ASSIGN(campaign.status, text_in(answer, "status", word_bytes_max));
  TRY_ASSIGN(campaign.description, optional_text_in(answer, "description",
                                                    description_bytes_max));
  TRY_ASSIGN(campaign.tcr_id, optional_text_in(answer, "tcr_id", word_bytes_max));
  TRY_ASSIGN(campaign.phone_number, optional_text_in(answer, "phone_number_id", id_bytes_max));
  const json::value* cases = answer.if_contains("use_cases");
  if (cases == nullptr || cases->is_null()) return campaign;
  if (!cases->is_array() || cases->get_array().size() > use_cases_max) {
    return unreadable("use_cases");
  }
  for (const json::value& each : cases->get_array()) {
    const bool fits = each.is_string() && each.get_string().size() <= word_bytes_max;
    if (!fits) return unreadable("use_cases");
    campaign.use_cases.emplace_back(each.get_string());
  }
  return campaign;
}

campaign_status status_of_word(std::string_view word, campaign_status before) noexcept {
  if (word == "created") return campaign_status::created;
  if (word == "in_review" || word == "pending") return campaign_status::in_review;
  if (word == "active") return campaign_status::active;
  const bool is_turned_down = word == "rejected" || word == "changes_needed" ||
                              word == "deactivated" || word == "canceled";
  return is_turned_down ? campaign_status::rejected : before;
}

json::object campaign_body(const campaign_filing& filing) {
  json::object body;
  const json::object* messaging = messaging_of(filing);
  if (messaging != nullptr) {
    const json::value* external = messaging->if_contains("tcr_id");
    if (external != nullptr && external->is_string()) return {{"tcr_id", *external}};
    for (const char* member : {"consent_flow", "description", "message_samples",
                               "privacy_policy_url", "terms_and_conditions_url", "volume",
                               "includes", "link_sample"}) {
      copy(*messaging, member, body);
    }
  }
  body["use_cases"] = use_cases_of(filing, messaging);
  return body;
}

json::object toll_free_body(const campaign_filing& filing, const std::string& number_id) {
  json::object body{{"phone_number_id", number_id}};
  const json::object* messaging = messaging_of(filing);
  if (messaging != nullptr) {
    for (const char* member : {"description", "message_samples", "privacy_policy_url",
                               "terms_and_conditions_url"}) {
      copy(*messaging, member, body);
    }
    const json::value* consent = messaging->if_contains("consent_flow");
    if (consent != nullptr && consent->is_string()) {
      body["consent_flows"] = json::array{json::object{{"type", "verbal"}, {"script", *consent}}};
    }
  }
  body["use_cases"] = use_cases_of(filing, messaging);
  return body;
}

bool is_toll_free_reference(std::string_view reference) noexcept {
  return reference.starts_with("tfc_");
}

}  // namespace dialplane::surge
